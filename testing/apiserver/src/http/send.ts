import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../model/json.ts';

/** Sends one JSON document; warnings go into `Warning` headers, as kubectl prints them. */
export function sendJson(
  response: ServerResponse,
  code: number,
  body: JsonObject,
  warnings: ReadonlySet<string> = new Set(),
  contentType = 'application/json',
): void {
  const text = JSON.stringify(body);
  const warning = [...warnings].map((line) => `299 - ${JSON.stringify(line)}`);
  if (warning.length > 0) {
    response.setHeader('warning', warning);
  }
  response.writeHead(code, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-cache, private',
  });
  response.end(text);
}

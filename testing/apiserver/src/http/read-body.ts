import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import type { Json } from '../model/json.ts';
import { badRequest, StatusError, unsupportedMediaType } from '../model/status-error.ts';
import type { Body } from '../rest/request.ts';
import { duplicateFields } from '../schema/duplicate-fields.ts';
import { decodeProtobuf, isProtobuf } from './decode-protobuf.ts';

const PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** The API server's own limit. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads a whole request body. Throws 413 when it is larger than 3 MiB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) {
      throw new StatusError(
        413,
        'RequestEntityTooLarge',
        `Request entity too large: limit is ${String(MAX_BODY_BYTES)}`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Decodes a JSON, YAML or protobuf body by its media type. Throws 400 on bad syntax and 415 on any
 * other type.
 */
export function decodeBody(bytes: Buffer, mediaType: string): Body {
  if (mediaType === PROTOBUF && isProtobuf(bytes)) {
    return { value: decodeProtobuf(bytes), duplicates: [] };
  }
  const text = bytes.toString('utf8');
  const json = mediaType === '' || mediaType.endsWith('json');
  if (!json && !mediaType.endsWith('yaml')) {
    throw unsupportedMediaType(['application/json', 'application/yaml', PROTOBUF]);
  }
  if (text === '') {
    return { value: {}, duplicates: [] };
  }
  try {
    const value = JSON.parse(text) as Json;
    return { value, duplicates: duplicateFields(text) };
  } catch (error) {
    if (json) {
      throw badRequest(`couldn't get version/kind; json parse error: ${(error as Error).message}`);
    }
  }
  try {
    // kubectl sends server-side apply as JSON under the YAML type; only other clients come here.
    return { value: parse(text, { uniqueKeys: true }) as Json, duplicates: [] };
  } catch (error) {
    throw badRequest(`error decoding YAML: ${(error as Error).message}`);
  }
}

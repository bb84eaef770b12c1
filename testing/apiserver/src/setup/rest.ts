import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Json } from '../model/json.ts';

/** One request to an API server. */
interface RestRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body?: Json;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** The answer, whatever its status. */
export interface RestAnswer {
  readonly status: number;
  /** A text where the answer is no JSON, as for a path that a real API server does not know. */
  readonly body: Json;
}

/** Requests to the API server of a kubeconfig's current context, with its credentials. */
export interface RestClient {
  readonly server: string;
  /** Rejects when there is no answer, or one that says JSON and is none. */
  readonly send: (request: RestRequest) => Promise<RestAnswer>;
}

/** A client for a kubeconfig file. Throws when the file names no cluster. */
export function restClient(kubeconfig: string): RestClient {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new Error(`${kubeconfig} has no cluster for its current context`);
  }
  return {
    server,
    send: async ({ method, path, body, contentType = 'application/json', signal }) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const options: RequestOptions = {
        method,
        headers: {
          accept: 'application/json',
          ...(text === undefined
            ? {}
            : { 'content-type': contentType, 'content-length': Buffer.byteLength(text) }),
        },
        ...(signal === undefined ? {} : { signal }),
      };
      await config.applyToHTTPSOptions(options);
      return exchange(new URL(path, server), options, text);
    },
  };
}

function exchange(
  url: URL,
  options: RequestOptions,
  text: string | undefined,
): Promise<RestAnswer> {
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      readBody(response).then(
        (answer) => {
          resolve({ status: response.statusCode ?? 0, body: answer });
        },
        (cause: unknown) => {
          const what = `${options.method ?? ''} ${url.href}: the answer is no JSON`;
          reject(new Error(what, { cause }));
        },
      );
    });
    request.once('error', reject);
    request.end(text);
  });
}

async function readBody(response: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  const isText = response.headers['content-type']?.startsWith('text/') === true;
  return isText ? text : (JSON.parse(text) as Json);
}

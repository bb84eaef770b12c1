import type { ClientRequest, IncomingMessage } from 'node:http';
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { parseRetryAfter } from '@sallyport/watch';
import type { KubeCredentials } from './kube-credentials.ts';
import { loadKubeCredentials } from './kube-credentials.ts';

/** One request to the API server. Authentication is the business of the client. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With a leading slash, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Default `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
  /**
   * The API server may carry out the request twice without harm, and the second answer says the
   * same as the first. A write with this mark, like every read, is sent again when the API server
   * closes an idle connection at the same moment.
   */
  readonly repeatable?: boolean;
}

/** The API server, with the credentials of a kubeconfig. */
export interface KubeClient {
  /** The URL of the API server, for messages. */
  readonly server: string;
  /**
   * The body of a successful answer. Rejects with {@link KubeApiError} when the API server refuses,
   * with KubeConfigError when the credentials cannot be read.
   */
  open(request: KubeRequest): Promise<IncomingMessage>;
  /** The JSON of a successful answer. Rejects like `open`. */
  json(request: KubeRequest): Promise<unknown>;
}

/** The API server answered with an error. */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  readonly code = 'KUBE_API';
  /** The HTTP status code. */
  readonly status: number;
  /** The time for which the API server asks before the next request, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, message: string, retryAfterMs?: number) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The longest time for which the API server asks in this error or the parts of a sum. */
export function retryAfterMsIn(error: unknown): number {
  if (error instanceof AggregateError) {
    return Math.max(0, ...error.errors.map(retryAfterMsIn));
  }
  return error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0;
}

/**
 * A write without an answer is given up after this time, in milliseconds. The next pass writes the
 * state of that moment.
 */
export const WRITE_TIMEOUT_MS = 10_000;

/**
 * Idle connections are closed before the API server closes them, which it does after 90 s
 * (k8s.io/apiserver, secure_serving.go). The limit exceeds the four watches and eight writes of the
 * controller.
 */
const CONNECTIONS = { keepAlive: true, maxSockets: 32, timeout: 60_000 } as const;

/**
 * Speaks to the API server of `kubeconfig` (a file), or without one to that of the cluster that
 * this Pod runs in. Connections are kept and used again. Only configuration and credentials come
 * from client-node: its generated clients take a second to load and keep whole objects.
 * Throws KubeConfigError.
 */
export function createKubeClient(kubeconfig: string | undefined): KubeClient {
  const credentials = loadKubeCredentials(kubeconfig);
  const send = senderFor(credentials);

  const open = async (request: KubeRequest): Promise<IncomingMessage> => {
    let response = await send(request);
    if (response.statusCode === 401) {
      // A token may have been replaced. The API server authenticates before it does anything.
      response.resume();
      credentials.reload();
      response = await send(request);
    }
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) {
      return response;
    }
    const { method, path } = request;
    const message = messageOf(await text(response));
    throw new KubeApiError(
      status,
      `${method} ${path}: ${status}: ${message}`,
      parseRetryAfter(response.headers['retry-after']),
    );
  };

  return {
    server: credentials.server,
    open,
    json: async (request) => JSON.parse(await text(await open(request))) as unknown,
  };
}

/** Sends a request; the answer is whatever the API server says. */
function senderFor(
  credentials: KubeCredentials,
): (request: KubeRequest) => Promise<IncomingMessage> {
  const { server } = credentials;
  const secure = server.startsWith('https:');
  // Node.js keeps connections with different certificates apart. A request with new certificates
  // opens a new connection; the old one ends when it has been idle for long enough.
  const agent = secure ? new HttpsAgent(CONNECTIONS) : new HttpAgent(CONNECTIONS);

  return async ({ method, path, query = {}, body, contentType, signal, repeatable = false }) => {
    const url = `${server}${path}?${new URLSearchParams(query).toString()}`;
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const options: RequestOptions = {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'sallyport-controller',
        ...(payload !== undefined && {
          'content-type': contentType ?? 'application/json',
          'content-length': Buffer.byteLength(payload),
        }),
      },
      ...(signal && { signal }),
    };
    // Plain HTTP (kubectl proxy, a test server) never carries credentials.
    if (secure) {
      await credentials.applyTo(options, signal);
    }
    const attempt = (by: RequestOptions['agent']): Attempt => {
      const sent = (secure ? httpsRequest : httpRequest)(url, { ...options, agent: by });
      return { sent, response: responseTo(sent, payload) };
    };
    const { sent, response } = attempt(options.agent ?? agent);
    try {
      return await response;
    } catch (error) {
      if ((method === 'GET' || repeatable) && wasClosedWhileIdle(sent, error)) {
        // A connection of its own, because the other idle ones may be closed too.
        return attempt(options.agent ?? false).response;
      }
      throw error;
    }
  };
}

interface Attempt {
  readonly sent: ClientRequest;
  readonly response: Promise<IncomingMessage>;
}

function responseTo(sent: ClientRequest, payload: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on('response', resolve).on('error', reject).end(payload);
  });
}

/**
 * Whether the API server closed a kept connection before it sent any answer. Mostly it closed the
 * idle connection at the moment of the request, but it may also have carried the request out.
 */
function wasClosedWhileIdle(sent: ClientRequest, error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return sent.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

function messageOf(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return String(status.message);
    }
  } catch {
    // Not a Status object: its text is the message.
  }
  return body.slice(0, 300);
}

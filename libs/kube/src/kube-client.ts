import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import type { RequestOptions } from 'node:https';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node';

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
}

/** The API server, with the credentials of a kubeconfig. */
export interface KubeClient {
  /** For messages: where it is. */
  readonly server: string;
  /**
   * The body of a successful answer. Rejects with {@link KubeApiError} when the API server refuses.
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

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The API server could not be asked: the kubeconfig is wrong, or it is not there. */
export class KubeConfigError extends Error {
  override readonly name = 'KubeConfigError';
  readonly code = 'KUBE_CONFIG';
}

/**
 * client-node makes this URL where the variables that Kubernetes gives to every container are
 * missing.
 */
const NOT_IN_A_POD = 'https://undefined:undefined';

/**
 * Speaks to the API server of `kubeconfig` (a file), or without one to that of the cluster this Pod
 * runs in. Only configuration and credentials are client-node's: its generated clients take a
 * second to load and keep whole objects.
 */
export function createKubeClient(kubeconfig: string | undefined): KubeClient {
  const config = loadConfig(kubeconfig);
  const server = (config.getCurrentCluster()?.server ?? '').replace(/\/$/, '');
  const secure = server.startsWith('https:');
  const send = secure ? httpsRequest : httpRequest;

  const open = async ({
    method,
    path,
    query = {},
    body,
    contentType,
    signal,
  }: KubeRequest): Promise<IncomingMessage> => {
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
    // Over plain HTTP (kubectl proxy, a test server) credentials stay at home.
    if (secure) {
      await config.applyToHTTPSOptions(options);
    }
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(url, options, resolve).on('error', reject).end(payload);
    });
    const { statusCode: status = 0 } = response;
    if (status >= 200 && status < 300) {
      return response;
    }
    throw new KubeApiError(
      status,
      `${method} ${path}: ${status}: ${messageOf(await text(response))}`,
    );
  };

  return {
    server,
    open,
    json: async (request) => JSON.parse(await text(await open(request))) as unknown,
  };
}

function loadConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) {
    config.loadFromCluster();
    if (config.getCurrentCluster()?.server !== NOT_IN_A_POD) {
      return config;
    }
    throw new KubeConfigError(
      'not in a Pod, so there is no service account to use: give --kubeconfig=<file>',
    );
  }
  try {
    config.loadFromFile(kubeconfig);
  } catch (cause) {
    throw new KubeConfigError(`kubeconfig ${kubeconfig} cannot be read: ${String(cause)}`, {
      cause,
    });
  }
  if (config.getCurrentCluster() === null) {
    throw new KubeConfigError(`kubeconfig ${kubeconfig}: its current-context names no cluster`);
  }
  return config;
}

function messageOf(body: string): string {
  try {
    const status: unknown = JSON.parse(body);
    if (typeof status === 'object' && status !== null && 'message' in status) {
      return String(status.message);
    }
  } catch {
    // Not a Status object: the text says it.
  }
  return body.slice(0, 300);
}

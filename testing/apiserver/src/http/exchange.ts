import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject } from '../model/json.ts';
import { isObject } from '../model/json.ts';
import type { Objects } from '../rest/objects.ts';
import type { Registry } from '../rest/registry.ts';
import type { Body } from '../rest/request.ts';
import type { WriteOptions } from '../rest/write-options.ts';
import { writeOptionsFrom } from '../rest/write-options.ts';
import type { Store } from '../store/store.ts';
import { decodeBody, readBody } from './read-body.ts';
import type { Representation } from './representation.ts';
import { representationFrom } from './representation.ts';
import { sendJson } from './send.ts';
import type { WatchSettings } from './watch.ts';

/** The needs of requests on resources. */
export interface ResourceHandlerDeps {
  readonly store: Store;
  readonly registry: Registry;
  readonly objects: Objects;
  readonly watch: WatchSettings;
}

/** One HTTP request on a resource, and its response. */
export class Exchange {
  readonly deps: ResourceHandlerDeps;
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
  readonly #request: IncomingMessage;
  readonly #warnings = new Set<string>();

  constructor(
    deps: ResourceHandlerDeps,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ) {
    this.deps = deps;
    this.query = query;
    this.response = response;
    this.#request = request;
  }

  get method(): string {
    return this.#request.method ?? '';
  }

  /** The media type of the body; empty when the client does not say. */
  get mediaType(): string {
    return (this.#request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  }

  /** The representation that the client wants. Throws 406. */
  representation(): Representation {
    return representationFrom(this.#request.headers.accept, this.query);
  }

  /** The options in the query of a write. Throws 400. */
  writeOptions(): WriteOptions {
    return writeOptionsFrom(this.query, this.#request.headers['user-agent'] ?? '');
  }

  /** Reads and decodes the body. Throws 400, 413 and 415. */
  async body(): Promise<Body> {
    return decodeBody(await readBody(this.#request), this.mediaType);
  }

  /**
   * DeleteOptions come in the body or else in the query. Beside a body, those of the query do not
   * count. Throws as `body` does.
   */
  async deleteOptions(): Promise<JsonObject> {
    const bytes = await readBody(this.#request);
    if (bytes.length === 0) {
      return deleteOptionsFrom(this.query);
    }
    const { value } = decodeBody(bytes, this.mediaType);
    return isObject(value) ? value : {};
  }

  /** Adds a line to the response's Warning headers. */
  warn(text: string): void {
    this.#warnings.add(text);
  }

  send(code: number, body: JsonObject): void {
    sendJson(this.response, code, body, this.#warnings);
  }
}

function deleteOptionsFrom(query: URLSearchParams): JsonObject {
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  return {
    ...(query.get('dryRun') === 'All' ? { dryRun: ['All'] } : {}),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
  };
}

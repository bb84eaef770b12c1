import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { groupVersion, inVersion, resourceKey } from '../model/resource.ts';
import { StatusError } from '../model/status-error.ts';
import { keyPrefix } from '../rest/list-page.ts';
import type { ResourceRequest } from '../rest/request.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import type { Representation } from './representation.ts';
import { renderObject } from './representation.ts';
import type { WatchQuery } from './watch-query.ts';
import { watchQueryFrom } from './watch-query.ts';

/** Settings of watches. */
export interface WatchSettings {
  /** Milliseconds between bookmarks. */
  readonly bookmarkIntervalMs: number;
  readonly now: () => Date;
}

/**
 * A client that cannot keep up with this much unsent output is disconnected; it resumes from its
 * last resourceVersion.
 */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

/** How long before its end a watch sends its last bookmark: 2 s, as the API server does. */
const LAST_BOOKMARK_LEAD_MS = 2_000;

/**
 * Answers a watch: the state first where the request asks for it (no resourceVersion, `0`, or
 * `sendInitialEvents`), then every change, with bookmarks where allowed. Ends when the client goes
 * or `timeoutSeconds` are over.
 */
export function serveWatch(
  store: Store,
  request: ResourceRequest,
  representation: Representation,
  response: ServerResponse,
  settings: WatchSettings,
): void {
  new WatchStream(store, request, representation, response, settings).start();
}

/** The answer to one watch. */
class WatchStream {
  readonly #store: Store;
  readonly #request: ResourceRequest;
  readonly #query: WatchQuery;
  readonly #representation: Representation;
  readonly #response: ServerResponse;
  readonly #settings: WatchSettings;
  readonly #timers: NodeJS.Timeout[] = [];
  #headerSent = false;

  constructor(
    store: Store,
    request: ResourceRequest,
    representation: Representation,
    response: ServerResponse,
    settings: WatchSettings,
  ) {
    this.#store = store;
    this.#request = request;
    this.#query = watchQueryFrom(request);
    this.#representation = representation;
    this.#response = response;
    this.#settings = settings;
  }

  start(): void {
    this.#response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
    });
    this.#response.flushHeaders();
    const unsubscribe = this.#open();
    if (unsubscribe === undefined) {
      return;
    }
    this.#setTimers();
    this.#response.on('close', () => {
      unsubscribe();
      this.#timers.forEach(clearTimeout);
    });
  }

  /** Sends the state and subscribes to the changes; undefined when the watch has failed. */
  #open(): (() => void) | undefined {
    const { after, state } = this.#query;
    try {
      if (state !== 'none') {
        this.#sendState();
      }
      if (state === 'with-end') {
        this.#sendBookmark({ 'k8s.io/initial-events-end': 'true' });
      }
      const key = resourceKey(this.#request.served.resource);
      return this.#store.subscribe(key, after ?? this.#store.revision, (event) => {
        this.#relay(event);
      });
    } catch (error) {
      if (!(error instanceof StatusError)) {
        throw error;
      }
      this.#send('ERROR', error.status);
      this.#response.end();
      return undefined;
    }
  }

  #sendState(): void {
    const { served, namespace } = this.#request;
    for (const object of this.#store.list(resourceKey(served.resource), keyPrefix(namespace))) {
      if (this.#query.selected(object)) {
        this.#sendObject('ADDED', object);
      }
    }
  }

  #relay(event: StoreEvent): void {
    if (!event.key.startsWith(keyPrefix(this.#request.namespace))) {
      return;
    }
    const { selected } = this.#query;
    const is = event.type !== 'DELETED' && selected(event.object);
    const was = event.previous !== undefined && selected(event.previous);
    if (is) {
      this.#sendObject(was ? 'MODIFIED' : 'ADDED', event.object);
    } else if (was) {
      this.#sendObject('DELETED', withRevision(event.previous, event.revision));
    }
  }

  #setTimers(): void {
    const { bookmarks, timeoutMs } = this.#query;
    const sendBookmark = (): void => {
      this.#sendBookmark();
    };
    if (bookmarks) {
      this.#timers.push(setInterval(sendBookmark, this.#settings.bookmarkIntervalMs));
    }
    if (timeoutMs === undefined) {
      return;
    }
    const lead = timeoutMs - LAST_BOOKMARK_LEAD_MS;
    if (bookmarks && lead > 0) {
      this.#timers.push(setTimeout(sendBookmark, lead));
    }
    const end = (): void => {
      this.#response.end();
    };
    this.#timers.push(setTimeout(end, timeoutMs));
  }

  #sendBookmark(annotations?: Record<string, string>): void {
    const { resource, version } = this.#request.served;
    const metadata = {
      resourceVersion: String(this.#store.revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const typeMeta = {
      kind: resource.kind,
      apiVersion: groupVersion(resource.group, version.name),
    };
    if (this.#representation.kind === 'object') {
      this.#send('BOOKMARK', { ...typeMeta, metadata: { ...metadata, creationTimestamp: null } });
      return;
    }
    this.#sendObject('BOOKMARK', { ...typeMeta, metadata: { ...metadata, name: '' } });
  }

  #sendObject(type: string, object: KubeObject): void {
    const { served } = this.#request;
    const shown = inVersion(object, served.resource, served.version.name);
    const now = this.#settings.now();
    this.#send(type, renderObject(this.#representation, served, shown, now, !this.#headerSent));
    this.#headerSent = true;
  }

  #send(type: string, object: JsonObject): void {
    if (this.#response.writableEnded || this.#response.destroyed) {
      return;
    }
    this.#response.write(`${JSON.stringify({ type, object })}\n`);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) {
      this.#response.destroy();
    }
  }
}

function withRevision(object: KubeObject | undefined, revision: number): KubeObject {
  if (object === undefined) {
    throw new Error('an object leaves a selection only after it was in it');
  }
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

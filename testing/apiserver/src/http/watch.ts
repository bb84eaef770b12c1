import type { ServerResponse } from 'node:http';
import type { JsonObject } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { groupVersion, inVersion, resourceKey } from '../model/resource.ts';
import { invalid, StatusError } from '../model/status-error.ts';
import { keyPrefix, parseRevision, selectorOf } from '../rest/list-page.ts';
import type { ResourceRequest } from '../rest/request.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import type { Representation } from './representation.ts';
import { renderObject } from './representation.ts';

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
  const { served, query } = request;
  const { resource, version } = served;
  const asked = parseRevision(query.get('resourceVersion'));
  const sendInitial = initialEventsWanted(query, resource.kind, resource.group);
  const bookmarks =
    query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1';
  const selected = selectorOf(request);
  const prefix = keyPrefix(request.namespace);
  let headerSent = false;

  const send = (type: string, object: JsonObject): void => {
    if (response.writableEnded || response.destroyed) {
      return;
    }
    response.write(`${JSON.stringify({ type, object })}\n`);
    if (response.writableLength > MAX_UNSENT_BYTES) {
      response.destroy();
    }
  };
  const sendObject = (type: string, object: KubeObject): void => {
    const shown = inVersion(object, resource, version.name);
    send(type, renderObject(representation, served, shown, settings.now(), !headerSent));
    headerSent = true;
  };
  const sendBookmark = (annotations?: Record<string, string>): void => {
    const metadata = {
      resourceVersion: String(store.revision),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const apiVersion = groupVersion(resource.group, version.name);
    if (representation.as === 'object') {
      send('BOOKMARK', {
        kind: resource.kind,
        apiVersion,
        metadata: { ...metadata, creationTimestamp: null },
      });
      return;
    }
    sendObject('BOOKMARK', {
      kind: resource.kind,
      apiVersion,
      metadata: { ...metadata, name: '' },
    });
  };
  const relay = (event: StoreEvent): void => {
    if (!event.key.startsWith(prefix)) {
      return;
    }
    const is = event.type !== 'DELETED' && selected(event.object);
    const was = event.previous !== undefined && selected(event.previous);
    if (is) {
      sendObject(was ? 'MODIFIED' : 'ADDED', event.object);
    } else if (was) {
      sendObject('DELETED', withRevision(event.previous, event.revision));
    }
  };

  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  response.flushHeaders();

  const withState = sendInitial ?? (asked === undefined || asked === 0);
  let unsubscribe: () => void;
  try {
    if (withState) {
      for (const object of store.list(resourceKey(resource), prefix)) {
        if (selected(object)) {
          sendObject('ADDED', object);
        }
      }
      if (sendInitial === true && bookmarks) {
        sendBookmark({ 'k8s.io/initial-events-end': 'true' });
      }
    }
    const after = withState || asked === undefined || asked === 0 ? store.revision : asked;
    unsubscribe = store.subscribe(resourceKey(resource), after, relay);
  } catch (error) {
    if (!(error instanceof StatusError)) {
      throw error;
    }
    send('ERROR', error.status);
    response.end();
    return;
  }

  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  const timers: NodeJS.Timeout[] = [];
  if (bookmarks) {
    timers.push(
      setInterval(() => {
        sendBookmark();
      }, settings.bookmarkIntervalMs),
    );
  }
  if (seconds > 0) {
    const lead = seconds * 1000 - LAST_BOOKMARK_LEAD_MS;
    if (bookmarks && lead > 0) {
      timers.push(
        setTimeout(() => {
          sendBookmark();
        }, lead),
      );
    }
    timers.push(
      setTimeout(() => {
        response.end();
      }, seconds * 1000),
    );
  }
  response.on('close', () => {
    unsubscribe();
    for (const timer of timers) {
      clearTimeout(timer);
    }
  });
}

/**
 * `sendInitialEvents` needs `resourceVersionMatch=NotOlderThan`, and that match needs it. Throws
 * 422.
 */
function initialEventsWanted(
  query: URLSearchParams,
  kind: string,
  group: string,
): boolean | undefined {
  const text = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch') ?? '';
  if (text === null && match === '') {
    return undefined;
  }
  const refuse = (field: string, message: string): StatusError =>
    invalid({ kind: 'ListOptions', group: 'meta.k8s.io' }, '', [
      { reason: 'FieldValueForbidden', field, message },
    ]);
  if (text === null) {
    throw refuse(
      'resourceVersionMatch',
      'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    );
  }
  if (match !== 'NotOlderThan') {
    throw refuse(
      'resourceVersionMatch',
      `Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan (${kind}.${group})`,
    );
  }
  return text === 'true' || text === '1';
}

function withRevision(object: KubeObject | undefined, revision: number): KubeObject {
  if (object === undefined) {
    throw new Error('an object leaves a selection only after it was in it');
  }
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

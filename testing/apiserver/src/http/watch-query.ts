import type { StatusError } from '../model/status-error.ts';
import { invalid } from '../model/status-error.ts';
import { parseRevision, selectorOf } from '../rest/list-page.ts';
import type { ResourceRequest } from '../rest/request.ts';
import type { Selector } from '../store/selectors.ts';

/** The wishes of a client that watches. */
export interface WatchQuery {
  /** Whether the state comes first, and whether a bookmark marks its end. */
  readonly state: 'none' | 'plain' | 'with-end';
  /** Changes after this revision are sent; undefined: after the newest. */
  readonly after: number | undefined;
  readonly bookmarks: boolean;
  readonly selected: Selector;
  /** Undefined: the watch has no end of its own. */
  readonly timeoutMs: number | undefined;
}

/** Whether a GET asks for a watch. */
export function isWatch(query: URLSearchParams): boolean {
  return isTrue(query.get('watch'));
}

/**
 * Reads the parameters of a watch. The state comes first without a resourceVersion, with `0`, or
 * with `sendInitialEvents`. Throws 400 and 422.
 */
export function watchQueryFrom(request: ResourceRequest): WatchQuery {
  const { query } = request;
  const asked = parseRevision(query.get('resourceVersion'));
  const initialEvents = initialEventsWanted(request);
  const bookmarks = isTrue(query.get('allowWatchBookmarks'));
  const fromNewest = asked === undefined || asked === 0;
  const withState = initialEvents ?? fromNewest;
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  return {
    state: !withState ? 'none' : initialEvents === true && bookmarks ? 'with-end' : 'plain',
    after: withState || fromNewest ? undefined : asked,
    bookmarks,
    selected: selectorOf(request),
    timeoutMs: seconds > 0 ? seconds * 1000 : undefined,
  };
}

/**
 * `sendInitialEvents` needs `resourceVersionMatch=NotOlderThan`, and that match needs it. Throws
 * 422.
 */
function initialEventsWanted({ query, served }: ResourceRequest): boolean | undefined {
  const { kind, group } = served.resource;
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
  return isTrue(text);
}

function isTrue(parameter: string | null): boolean {
  return parameter === 'true' || parameter === '1';
}

/** The query of a list or watch request, understood. */
export type WatchQuery =
  | { readonly verb: 'list'; readonly partition: string }
  | {
      readonly verb: 'watch';
      readonly partition: string;
      /** Where the watch starts: with the whole state, or after a version the client has seen. */
      readonly start:
        | { readonly from: 'state'; readonly atLeast: number }
        | { readonly from: 'version'; readonly version: number };
      /** Whether the end of the initial events is marked by a bookmark. */
      readonly markInitialEventsEnd: boolean;
      readonly bookmarks: boolean;
      /** The server ends the watch after this time; absent: it does not. */
      readonly timeoutMs?: number;
    };

export type WatchQueryResult =
  | { readonly ok: true; readonly query: WatchQuery }
  /** All faults in one sentence each. */
  | { readonly ok: false; readonly message: string };

/** The longest delay that a timer of Node.js takes, 24 days: one of more ends at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

type RawQuery = Readonly<Record<string, unknown>>;

/**
 * Understands the query of a list or watch, with the parameters of Kubernetes.
 * @param partitionField the field that a client must select by (`nodeName`), if the resource has
 * one
 */
export function parseWatchQuery(raw: RawQuery, partitionField?: string): WatchQueryResult {
  const faults: string[] = [];
  const partition = partitionOf(raw, partitionField, faults);
  const watch = booleanOf(raw, 'watch', faults);
  const bookmarks = booleanOf(raw, 'allowWatchBookmarks', faults);
  const sendInitialEvents = booleanOf(raw, 'sendInitialEvents', faults);
  const version = numberOf(raw, 'resourceVersion', faults) ?? 0;
  const timeoutSeconds = numberOf(raw, 'timeoutSeconds', faults);
  if (watch && sendInitialEvents && raw.resourceVersionMatch !== 'NotOlderThan') {
    faults.push('sendInitialEvents=true: send resourceVersionMatch=NotOlderThan with it');
  }
  if (watch && sendInitialEvents && !bookmarks) {
    faults.push(
      'sendInitialEvents=true: send allowWatchBookmarks=true with it, a bookmark ends the initial events',
    );
  }
  if (faults.length > 0) {
    return { ok: false, message: faults.join('; ') };
  }
  if (!watch) {
    return { ok: true, query: { verb: 'list', partition } };
  }
  return {
    ok: true,
    query: {
      verb: 'watch',
      partition,
      start:
        sendInitialEvents || version === 0
          ? { from: 'state', atLeast: version }
          : { from: 'version', version },
      markInitialEventsEnd: sendInitialEvents,
      bookmarks,
      ...(timeoutSeconds !== undefined &&
        timeoutSeconds > 0 && { timeoutMs: Math.min(timeoutSeconds * 1000, MAX_TIMEOUT_MS) }),
    },
  };
}

function partitionOf(raw: RawQuery, field: string | undefined, faults: string[]): string {
  const selector = raw.fieldSelector;
  if (field === undefined) {
    if (selector !== undefined && selector !== '') {
      faults.push('fieldSelector: this resource has no selectable field');
    }
    return '';
  }
  const [, name, value] =
    typeof selector === 'string' ? (/^([^=!,]+)==?([^=!,]+)$/.exec(selector) ?? []) : [];
  if (name === field && value !== undefined) {
    return value;
  }
  const got =
    selector === undefined ? 'is missing' : `${JSON.stringify(selector)} is not understood`;
  faults.push(`fieldSelector ${got}: send fieldSelector=${field}=<name>`);
  return '';
}

function booleanOf(raw: RawQuery, name: string, faults: string[]): boolean {
  const value = raw[name];
  if (value === undefined || value === '' || value === '0' || value === 'false') {
    return false;
  }
  if (value === '1' || value === 'true') {
    return true;
  }
  faults.push(`${name}: ${JSON.stringify(value)} is not true or false`);
  return false;
}

function numberOf(raw: RawQuery, name: string, faults: string[]): number | undefined {
  const value = raw[name];
  if (value === undefined || value === '') {
    return undefined;
  }
  if (
    typeof value === 'string' &&
    /^\d{1,16}$/.test(value) &&
    Number.isSafeInteger(Number(value))
  ) {
    return Number(value);
  }
  faults.push(`${name}: ${JSON.stringify(value)} is not a whole number`);
  return undefined;
}

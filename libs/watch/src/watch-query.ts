import type { Static } from 'typebox';
import { Type } from 'typebox';

/** The parameters of a list or watch, as Kubernetes has them. */
export const WatchQuerySchema = Type.Object({
  watch: Type.Optional(Type.String({ description: '1 or true: watch instead of list.' })),
  fieldSelector: Type.Optional(
    Type.String({ description: 'nodeName=<name>, where the resource is partitioned by Node.' }),
  ),
  resourceVersion: Type.Optional(
    Type.String({ description: 'Watch: send the changes after this version.' }),
  ),
  resourceVersionMatch: Type.Optional(
    Type.String({ description: 'NotOlderThan, with sendInitialEvents.' }),
  ),
  allowWatchBookmarks: Type.Optional(
    Type.String({ description: 'Watch: send bookmarks, so that a silent server is noticed.' }),
  ),
  sendInitialEvents: Type.Optional(
    Type.String({ description: 'Watch: send the whole state first, then a bookmark.' }),
  ),
  timeoutSeconds: Type.Optional(Type.String({ description: 'Watch: end after this time.' })),
});

type RawQuery = Static<typeof WatchQuerySchema>;

/** The query of a list or watch request. */
export type WatchQuery =
  | { readonly kind: 'list'; readonly partition: string }
  | {
      readonly kind: 'watch';
      readonly partition: string;
      /** The start of the watch: the whole state, or a version that the client has seen. */
      readonly start:
        | { readonly kind: 'state'; readonly atLeast: number }
        | { readonly kind: 'version'; readonly version: number };
      /** Whether a bookmark marks the end of the initial events. */
      readonly markInitialEventsEnd: boolean;
      readonly bookmarks: boolean;
      /** The server ends the watch after this time; absent: it does not. */
      readonly timeoutMs?: number;
    };

/** A query, or the message for a 400. */
export type WatchQueryResult =
  | { readonly ok: true; readonly query: WatchQuery }
  /** All faults, separated by semicolons. */
  | { readonly ok: false; readonly message: string };

/** The longest delay that a timer of Node.js takes, 24 days: a longer one ends at once. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Reads the query of a list or watch.
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
    return { ok: true, query: { kind: 'list', partition } };
  }
  return {
    ok: true,
    query: {
      kind: 'watch',
      partition,
      start:
        sendInitialEvents || version === 0
          ? { kind: 'state', atLeast: version }
          : { kind: 'version', version },
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
  const [, name, value] = /^([^=!,]+)==?([^=!,]+)$/.exec(selector ?? '') ?? [];
  if (name === field && value !== undefined) {
    return value;
  }
  const got =
    selector === undefined ? 'is missing' : `${JSON.stringify(selector)} is not understood`;
  faults.push(`fieldSelector ${got}: send fieldSelector=${field}=<name>`);
  return '';
}

function booleanOf(raw: RawQuery, name: keyof RawQuery, faults: string[]): boolean {
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

function numberOf(raw: RawQuery, name: keyof RawQuery, faults: string[]): number | undefined {
  const value = raw[name];
  if (value === undefined || value === '') {
    return undefined;
  }
  if (/^\d{1,16}$/.test(value) && Number.isSafeInteger(Number(value))) {
    return Number(value);
  }
  faults.push(`${name}: ${JSON.stringify(value)} is not a whole number`);
  return undefined;
}

/**
 * Decides how Events about one object are written, by the rules of client-go's EventCorrelator
 * (client-go, tools/record/events_cache.go). Equal Events are counted, and Events that differ in
 * their message only are combined. An object has a limited number of writes.
 */

/** Something that happened to an Egress, for `kubectl describe`. */
export interface EgressEvent {
  readonly type: 'Normal' | 'Warning';
  /** A CamelCase word. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
}

/** A write of the Event `name`: its first one (`create`), or one that raises its count. */
export interface EventWrite {
  readonly op: 'create' | 'count';
  /** The name of the Event object. */
  readonly name: string;
  readonly event: EgressEvent;
  /** How often it happened, this time included. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** All that later Events about the same object are judged by. */
export interface EventHistory {
  /** By type, reason and message, or for combined Events by type and reason. */
  readonly series: ReadonlyMap<string, EventSeries>;
  /** By type and reason. */
  readonly similar: ReadonlyMap<string, SimilarEvents>;
  /** Event objects named so far. */
  readonly named: number;
  /** The time at which all writes are available again, in milliseconds since 1970. */
  readonly replenishedMs: number;
}

/** The history of an Egress without Events. */
export const NO_EVENTS: EventHistory = {
  series: new Map(),
  similar: new Map(),
  named: 0,
  replenishedMs: 0,
};

interface EventSeries {
  readonly name: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

interface SimilarEvents {
  /** Fewer than {@link COMBINE_FROM}, the latest last. */
  readonly messages: readonly string[];
  readonly lastMs: number;
}

/** With so many different messages, Events of one type and reason are combined into one. */
const COMBINE_FROM = 10;

/** Similar Events with a longer pause between them are not combined. */
const SIMILAR_MS = 10 * 60_000;

/** A series ends when nothing is added to it for so long: the API server deletes its Event then. */
const SERIES_MS = 60 * 60_000;

/** An object has 25 writes, and gets one back every five minutes. */
const WRITES = 25;
const REPLENISH_MS = 5 * 60_000;

/**
 * The write that records `event` about the object `objectName`, and the history after it. There is
 * no write while the object has used up its writes; the Event is counted all the same.
 */
export function correlate(
  previous: EventHistory,
  objectName: string,
  event: EgressEvent,
  nowMs: number,
): { readonly history: EventHistory; readonly write?: EventWrite } {
  const history = withoutExpired(previous, nowMs);
  const group = keyOf(event.type, event.reason);
  const { combined, messages } = withMessage(history.similar.get(group), event.message);
  const written = combined ? { ...event, message: combinedMessage(event) } : event;
  const key = combined ? group : keyOf(event.type, event.reason, event.message);

  const present = history.series.get(key);
  const series: EventSeries = {
    name: present?.name ?? eventName(objectName, nowMs, history.named),
    count: (present?.count ?? 0) + 1,
    firstMs: present?.firstMs ?? nowMs,
    lastMs: nowMs,
  };
  const replenishedMs = Math.max(history.replenishedMs, nowMs) + REPLENISH_MS;
  const allowed = replenishedMs <= nowMs + WRITES * REPLENISH_MS;
  return {
    history: {
      series: new Map(history.series).set(key, series),
      similar: new Map(history.similar).set(group, { messages, lastMs: nowMs }),
      named: history.named + (present === undefined ? 1 : 0),
      replenishedMs: allowed ? replenishedMs : history.replenishedMs,
    },
    ...(allowed && {
      write: { op: present === undefined ? 'create' : 'count', event: written, ...series },
    }),
  };
}

/** Whether the history no longer changes any decision, so that it can be dropped. */
export function isExpired(history: EventHistory, nowMs: number): boolean {
  return history.replenishedMs <= nowMs && withoutExpired(history, nowMs).series.size === 0;
}

function withoutExpired(history: EventHistory, nowMs: number): EventHistory {
  return {
    ...history,
    series: since(history.series, nowMs - SERIES_MS),
    similar: since(history.similar, nowMs - SIMILAR_MS),
  };
}

function since<T extends { readonly lastMs: number }>(
  entries: ReadonlyMap<string, T>,
  ms: number,
): ReadonlyMap<string, T> {
  return new Map([...entries].filter(([, { lastMs }]) => lastMs >= ms));
}

function withMessage(
  similar: SimilarEvents | undefined,
  message: string,
): { readonly combined: boolean; readonly messages: readonly string[] } {
  const others = (similar?.messages ?? []).filter((known) => known !== message);
  const messages = [...others, message];
  const combined = messages.length >= COMBINE_FROM;
  return { combined, messages: combined ? messages.slice(1) : messages };
}

function combinedMessage({ message }: EgressEvent): string {
  return `(combined from similar events): ${message}`;
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('\n');
}

/**
 * The controller names the Event, so that a repeated write finds it. A name has at most 253
 * characters.
 */
function eventName(objectName: string, nowMs: number, index: number): string {
  const prefix = objectName.slice(0, 200).replace(/[.-]+$/, '');
  return `${prefix}.${nowMs.toString(16)}-${index}`;
}

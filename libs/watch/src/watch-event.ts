import type { Status } from '@sallyport/api';

/** The fields that a watch needs of an object; `resourceVersion` is a decimal number. */
export interface Watchable {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}

/**
 * The annotation of the bookmark that ends the initial events of a watch (Kubernetes 1.27,
 * "streaming lists").
 */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** An object with only a version: the client has received every change up to it. */
export interface Bookmark {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

/** One line of a watch, as Kubernetes has it. */
export type WatchEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly object: Bookmark }
  | { readonly type: 'ERROR'; readonly object: Status };

/** The event as one line of JSON, line feed included. */
export function renderEvent(event: WatchEvent<unknown>): string {
  return `${JSON.stringify(event)}\n`;
}

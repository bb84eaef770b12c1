import type { ObservedNetfilter } from '@sallyport/dataplane';
import type { BackendOperation, NetfilterOperation } from './netfilter-operation.ts';

/**
 * Our part of netfilter in one network namespace, by one of the backends. All calls reject with
 * CommandError or NetlinkError, and must not overlap.
 */
export interface Netfilter {
  /**
   * Reads everything of ours back. With `ownOnly`, nothing but our own tables can have changed
   * since the last time.
   */
  observe(options?: { readonly ownOnly: boolean }): Promise<ObservedNetfilter<BackendOperation>>;
  /** Applies one operation; doing it again is no error. */
  apply(operation: NetfilterOperation): Promise<void>;
}

import type { Fault } from '@sallyport/api';

/** An object of the API server as it is kept: what we need of it, and what is wrong with it. */
export interface Observed<T> {
  readonly object: T;
  readonly faults: readonly Fault[];
}

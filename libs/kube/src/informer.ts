import { isDeepStrictEqual } from 'node:util';
import type { Fault } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import type { ObjectChange } from '@sallyport/watch';
import { createReflector } from '@sallyport/watch';
import type { KubeClient } from './kube-client.ts';
import { kubeSource } from './kube-source.ts';
import type { Observed } from './raw-object.ts';

/** One resource of the API server, and the call-backs for its changes and failures. */
export interface InformerOptions<T> {
  readonly client: KubeClient;
  /** Such as `/api/v1/pods`. */
  readonly path: string;
  readonly parse: (raw: unknown) => Observed<T>;
  readonly keyOf: (object: T) => string;
  /**
   * An object has come, changed or gone. After a list: each object that differs from before. Not
   * called for a change of other fields than those that `parse` keeps, such as a heartbeat.
   */
  readonly onDelta: (delta: ObjectChange<Observed<T>>) => void;
  /** All objects have been listed, and `onDelta` was called for those that differ. */
  readonly onListed: () => void;
  /** Called once for each version of an object that has faults. */
  readonly onFaults: (faults: readonly Fault[]) => void;
  /** A connection failed; the informer tries again by itself. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A copy of all objects of a resource, reduced to the fields that the controller needs. */
export interface Informer<T> {
  /** By key. The map goes on changing: read it at once, and copy parts that must stay. */
  objects(): ReadonlyMap<string, Observed<T>>;
  /** Whether the first list is complete. */
  synced(): boolean;
  stop(): Promise<void>;
}

/** The API server sends a bookmark about once a minute. */
const IDLE_MS = 130_000;

/**
 * Starts at once and runs until `stop`, across lost connections and expired versions.
 */
export function startInformer<T>(options: InformerOptions<T>): Informer<T> {
  const { client, path, parse, keyOf, onDelta, onFaults, onError, clock, random } = options;
  const passOn = ({ key, before, after }: ObjectChange<Observed<T>>): void => {
    if (!isDeepStrictEqual(before, after)) {
      onDelta({ key, before, after });
    }
  };
  const reflector = createReflector<Observed<T>>({
    source: kubeSource(client, path),
    parse: (raw) => {
      const observed = parse(raw);
      if (observed.faults.length > 0) {
        onFaults(observed.faults);
      }
      return observed;
    },
    keyOf: ({ object }) => keyOf(object),
    onChange: ({ objects }, change) => {
      if (change.kind === 'object') {
        passOn(change);
        return;
      }
      const { before } = change;
      for (const [key, after] of objects) {
        passOn({ key, before: before.get(key), after });
      }
      for (const [key, gone] of before) {
        if (!objects.has(key)) {
          passOn({ key, before: gone, after: undefined });
        }
      }
      options.onListed();
    },
    onError,
    clock,
    random,
    idleMs: IDLE_MS,
    retryMs: 500,
    maxRetryMs: 10_000,
  });
  return {
    objects: () => reflector.state().objects,
    synced: () => reflector.state().synced,
    stop: () => reflector.stop(),
  };
}

import type { Fault } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { createReflector } from '@sallyport/watch';
import type { KubeClient } from './kube-client.ts';
import { kubeSource } from './kube-source.ts';
import type { Observed } from './observed.ts';

export interface InformerOptions<T> {
  readonly client: KubeClient;
  /** Such as `/api/v1/pods`. */
  readonly path: string;
  readonly parse: (raw: unknown) => Observed<T>;
  readonly keyOf: (object: T) => string;
  /** There is something new to see in `objects`. */
  readonly onChange: () => void;
  /** An object with faults came in; once for each version of it. */
  readonly onFaults: (faults: readonly Fault[]) => void;
  /** A connection failed; it is retried. */
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** A resource of the API server, mirrored: objects trimmed to what is needed. */
export interface Informer<T> {
  /** By their keys; live, to be read but not kept. */
  objects(): ReadonlyMap<string, Observed<T>>;
  /** Whether everything has been seen once. */
  synced(): boolean;
  stop(): Promise<void>;
}

/** The API server sends a bookmark about once a minute. */
const IDLE_MS = 130_000;

/**
 * Starts at once and goes on, through lost connections and expired versions, until it is stopped.
 */
export function startInformer<T>(options: InformerOptions<T>): Informer<T> {
  const { client, path, parse, keyOf, onChange, onFaults, onError, clock, random } = options;
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
    onChange,
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

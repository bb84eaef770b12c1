import { connectionErrorFor, fetchAnswer } from './connection-error.ts';
import type { Reflector, ReflectorOptions } from './reflector.ts';
import { createReflector } from './reflector.ts';
import type { Watchable } from './watch-event.ts';
import type { WatchSource } from './watch-source.ts';
import { failureFor } from './watch-source.ts';

/** An object's name is its key. `onBatch` sees a publication as a whole. */
export interface WatchResourceOptions<T extends Watchable> extends Omit<
  ReflectorOptions<T>,
  'source' | 'keyOf' | 'idleMs' | 'onChange'
> {
  /**
   * The URL of the resource, such as
   * `http://controller:10349/apis/controlplane.antrea.io/v1beta2/egressgroups`.
   */
  readonly url: string;
  /**
   * Watches the objects of this Node only; absent for a resource that is the same for every Node.
   */
  readonly nodeName?: string;
  /** Default 15 s: three of the server's bookmark intervals. */
  readonly idleMs?: number;
}

/**
 * Mirrors a resource of the controller, by name: the agent's side of the watch. See {@link
 * createReflector}.
 */
export function watchResource<T extends Watchable>(options: WatchResourceOptions<T>): Reflector<T> {
  return createReflector({
    idleMs: 15_000,
    ...options,
    source: sourceFor(options.url, options.nodeName),
    keyOf: (object) => object.metadata.name,
  });
}

function sourceFor(url: string, nodeName: string | undefined): WatchSource {
  return {
    async watch(from, signal) {
      const target = new URL(url);
      target.searchParams.set('watch', '1');
      target.searchParams.set('allowWatchBookmarks', 'true');
      if (nodeName !== undefined) {
        target.searchParams.set('fieldSelector', `nodeName=${nodeName}`);
      }
      if (from !== undefined) {
        target.searchParams.set('resourceVersion', from);
      } else {
        target.searchParams.set('sendInitialEvents', 'true');
        target.searchParams.set('resourceVersionMatch', 'NotOlderThan');
      }
      const response = await fetchAnswer(target, {
        signal,
        headers: { accept: 'application/json' },
      });
      if (!response.ok) {
        throw await failureFor(response);
      }
      // fetch gives a body to every answer to GET; an empty one just ends.
      return received(response.body ?? new Blob([]).stream(), target);
    },
  };
}

/** The same chunks, with the error of a connection that breaks off. */
async function* received(chunks: AsyncIterable<Uint8Array>, url: URL): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw connectionErrorFor(url, error);
  }
}

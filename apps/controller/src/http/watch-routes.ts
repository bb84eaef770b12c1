import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { ClusterNetworkSchema, EgressGroupSchema } from '@sallyport/api/schemas';
import type { Clock } from '@sallyport/reconcile';
import type { MemoryStore, Watchable, Watcher, WatchQuery, WatchStart } from '@sallyport/watch';
import { parseWatchQuery, serveWatch, WatchQuerySchema } from '@sallyport/watch';
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { ControllerState } from '../controller-state.ts';
import { ApiError, failures } from './api-error.ts';
import type { TypedFastify } from './typed-fastify.ts';

export interface WatchRoutesOptions {
  readonly state: Pick<ControllerState, 'stores' | 'decision'>;
  readonly clock: Clock;
  readonly bookmarkIntervalMs: number;
}

/** A client that takes nothing for this long is gone, or may as well be. */
const STALL_MS = 30_000;

interface Resource<T extends Watchable> {
  readonly plural: string;
  readonly kind: string;
  readonly schema: TSchema;
  readonly store: MemoryStore<T>;
  /** The field by which a client must select its partition. */
  readonly partitionField?: string;
}

type Watch = Extract<WatchQuery, { verb: 'watch' }>;

/** Ends watches: the agents come back, and report again, to whoever answers next. */
export interface OpenWatches {
  readonly endAll: () => void;
  readonly endOf: (nodeName: string) => void;
}

/** The list-and-watch endpoints that agents use. */
export function watchRoutes(app: TypedFastify, options: WatchRoutesOptions): OpenWatches {
  const { state, clock, bookmarkIntervalMs } = options;
  /** How to close a watch, and whose it is. */
  const open = new Map<() => void, string>();

  const stream = <T extends Watchable>(
    reply: FastifyReply,
    store: MemoryStore<T>,
    query: Watch,
  ): void => {
    const close = serveWatch<T>({
      response: reply.raw,
      open: (onReady) => {
        const watcher = openWatch(store, query, onReady);
        // Not before: a refusal still has to become an answer.
        reply.hijack();
        return watcher;
      },
      clock,
      stallMs: STALL_MS,
      ...(query.bookmarks && { bookmarkIntervalMs }),
      ...(query.timeoutMs !== undefined && { timeoutMs: query.timeoutMs }),
    });
    open.set(close, query.partition);
    reply.raw.on('close', () => open.delete(close));
  };

  const route = <T extends Watchable>(resource: Resource<T>): void => {
    const { plural, kind, schema, store, partitionField } = resource;
    app.get(
      `/apis/${CONTROLPLANE_GROUP_VERSION}/${plural}`,
      {
        schema: {
          tags: ['controlplane'],
          summary: `List or watch ${plural}`,
          description:
            'With watch=1: newline-delimited JSON events {type, object}, as Kubernetes has them.',
          querystring: WatchQuerySchema,
          response: {
            200: Type.Object({
              apiVersion: Type.Literal(CONTROLPLANE_GROUP_VERSION),
              kind: Type.Literal(`${kind}List`),
              metadata: Type.Object({ resourceVersion: Type.String() }),
              items: Type.Array(schema),
            }),
            ...failures,
          },
        },
      },
      (request, reply) => {
        if (state.decision === undefined) {
          throw new ApiError(
            'ServiceUnavailable',
            'the controller has not seen the whole cluster yet, see /readyz',
          );
        }
        const parsed = parseWatchQuery(request.query, partitionField);
        if (!parsed.ok) {
          throw new ApiError('BadRequest', parsed.message);
        }
        const { query } = parsed;
        if (query.verb === 'watch') {
          stream(reply, store, query);
          return;
        }
        const { resourceVersion, items } = store.list(query.partition);
        return {
          apiVersion: CONTROLPLANE_GROUP_VERSION as typeof CONTROLPLANE_GROUP_VERSION,
          kind: `${kind}List` as const,
          metadata: { resourceVersion },
          items: [...items],
        };
      },
    );
  };

  const { egressGroups, clusterNetworks } = state.stores;
  route({
    plural: 'egressgroups',
    kind: 'EgressGroup',
    schema: EgressGroupSchema,
    store: egressGroups,
    partitionField: 'nodeName',
  });
  route({
    plural: 'clusternetworks',
    kind: 'ClusterNetwork',
    schema: ClusterNetworkSchema,
    store: clusterNetworks,
  });
  const end = (isMeant: (partition: string) => boolean): void => {
    for (const [close, partition] of open) {
      if (isMeant(partition)) {
        close();
      }
    }
  };
  return {
    endAll: () => {
      end(() => true);
    },
    endOf: (nodeName) => {
      end((partition) => partition === nodeName);
    },
  };
}

function openWatch<T extends Watchable>(
  store: MemoryStore<T>,
  query: Watch,
  onReady: () => void,
): Watcher<T> {
  const { start, partition } = query;
  const tooNew = start.from === 'state' && start.atLeast > store.version;
  const watcher = tooNew ? 'expired' : store.watch(partition, startFor(query), onReady);
  if (watcher !== 'expired') {
    return watcher;
  }
  const version = start.from === 'state' ? start.atLeast : start.version;
  const message = `resourceVersion ${version} is too old, or of another controller: start over without one`;
  throw new ApiError('Expired', message);
}

function startFor({ start, markInitialEventsEnd }: Watch): WatchStart {
  return start.from === 'state' ? { from: 'state', markEnd: markInitialEventsEnd } : start;
}

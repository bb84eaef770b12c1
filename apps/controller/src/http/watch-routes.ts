import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { ClusterNetworkSchema, EgressGroupSchema } from '@sallyport/api/schemas';
import type { Clock } from '@sallyport/reconcile';
import type { MemoryStore, Watchable, Watcher, WatchQuery, WatchStart } from '@sallyport/watch';
import { parseWatchQuery, serveWatch, WatchQuerySchema } from '@sallyport/watch';
import type { FastifyReply } from 'fastify';
import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import type { Stores } from '../publish/stores.ts';
import { ApiError, failures, noDecisionYet } from './fastify/api-error.ts';
import type { TypedFastify } from './fastify/typed-fastify.ts';

/** Until a decision is published, lists and watches are refused. */
export interface WatchRoutesOptions {
  readonly stores: Stores;
  /** Whether a decision has been published. */
  readonly isPublished: () => boolean;
  readonly clock: Clock;
  readonly bookmarkIntervalMs: number;
}

/** Ends watches, so that agents connect and report again, perhaps to another controller. */
export interface OpenWatches {
  readonly endAll: () => void;
  readonly endOf: (nodeName: string) => void;
}

/** A client that reads nothing for this long is disconnected. */
const STALL_MS = 30_000;

interface Resource<T extends Watchable> {
  readonly plural: string;
  readonly kind: string;
  readonly schema: TSchema;
  readonly store: MemoryStore<T>;
  /** The field by which a client must select its partition. */
  readonly partitionField?: string;
}

type Watch = Extract<WatchQuery, { kind: 'watch' }>;

/** How to close a watch, and its partition. */
type Closers = Map<() => void, string>;

/** The list-and-watch endpoints that agents use. */
export function watchRoutes(app: TypedFastify, options: WatchRoutesOptions): OpenWatches {
  const { egressGroups, clusterNetworks } = options.stores;
  const open: Closers = new Map();
  serveResource(app, options, open, {
    plural: 'egressgroups',
    kind: 'EgressGroup',
    schema: EgressGroupSchema,
    store: egressGroups,
    partitionField: 'nodeName',
  });
  serveResource(app, options, open, {
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

function serveResource<T extends Watchable>(
  app: TypedFastify,
  options: WatchRoutesOptions,
  open: Closers,
  resource: Resource<T>,
): void {
  const { plural, kind, store, partitionField } = resource;
  app.get(
    `/apis/${CONTROLPLANE_GROUP_VERSION}/${plural}`,
    { schema: schemaOf(resource) },
    (request, reply) => {
      if (!options.isPublished()) {
        throw noDecisionYet();
      }
      const parsed = parseWatchQuery(request.query, partitionField);
      if (!parsed.ok) {
        throw new ApiError('BadRequest', parsed.message);
      }
      const { query } = parsed;
      if (query.kind === 'watch') {
        stream(reply, store, query, options, open);
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
}

/** The type is inferred, since Fastify derives the types of the handler from it. */
function schemaOf({ plural, kind, schema }: Omit<Resource<Watchable>, 'store'>) {
  return {
    tags: ['controlplane'],
    summary: `List or watch ${plural}`,
    description:
      'With watch=1: newline-delimited JSON events {type, object}, as in the Kubernetes API.',
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
  };
}

function stream<T extends Watchable>(
  reply: FastifyReply,
  store: MemoryStore<T>,
  query: Watch,
  { clock, bookmarkIntervalMs }: WatchRoutesOptions,
  open: Closers,
): void {
  const close = serveWatch<T>({
    response: reply.raw,
    open: (onReady) => {
      const watcher = openWatch(store, query, onReady);
      // Not earlier, because a refusal has to become an answer.
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
}

function openWatch<T extends Watchable>(
  store: MemoryStore<T>,
  query: Watch,
  onReady: () => void,
): Watcher<T> {
  const { start, partition } = query;
  const tooNew = start.kind === 'state' && start.atLeast > store.version;
  const watcher = tooNew ? 'expired' : store.watch(partition, startFor(query), onReady);
  if (watcher !== 'expired') {
    return watcher;
  }
  const version = start.kind === 'state' ? start.atLeast : start.version;
  const message = `resourceVersion ${version} is too old, or of another controller: start over without one`;
  throw new ApiError('Expired', message);
}

function startFor({ start, markInitialEventsEnd }: Watch): WatchStart {
  return start.kind === 'state' ? { kind: 'state', markEnd: markInitialEventsEnd } : start;
}

import type { Fault } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import type { ClusterDelta, Node, ObservedEgress } from '@sallyport/kube';
import type { ProgressInput } from '@sallyport/status';
import type { Cidrs, Decided, NodeFacts } from '../loop/decider.ts';
import { Decider } from '../loop/decider.ts';
import { createStores, publishedVersionsOf } from '../publish/stores.ts';

/** The objects of a cluster, and the facts about its Nodes. */
interface ClusterFacts extends NodeFacts {
  readonly egresses: readonly ObservedEgress[];
  readonly pods: readonly Pod[];
  readonly namespaces: readonly Namespace[];
  /** By name. */
  readonly nodes: ReadonlyMap<string, Node>;
}

/** The first decision from the given facts; the cluster is empty otherwise. */
export function decidedFor(facts: Partial<ClusterFacts>, cidrs: Partial<Cidrs> = {}): Decided {
  const { egresses = [], pods = [], namespaces = [], nodes = new Map<string, Node>() } = facts;
  const { reports = new Map(), startupGrace = false } = facts;
  const decider = new Decider({ podCIDRs: [], serviceCIDRs: [], ...cidrs });
  const deltas: readonly ClusterDelta[] = [
    ...namespaces.map((object) => ({
      kind: 'namespace' as const,
      key: object.name,
      ...came(object),
    })),
    ...egresses.map((object) => ({ kind: 'egress' as const, key: object.name, ...came(object) })),
    ...[...nodes].map(([key, object]) => ({ kind: 'node' as const, key, ...came(object) })),
    ...pods.map((object) => ({ kind: 'pod' as const, key: podKey(object), ...came(object) })),
  ];
  for (const delta of deltas) {
    decider.apply(delta);
  }
  return decider.decide({ reports, startupGrace });
}

/** The part of a delta by which an object comes. */
export function came<T>(object: T): {
  readonly before: undefined;
  readonly after: { readonly object: T; readonly faults: readonly Fault[] };
} {
  return { before: undefined, after: { object, faults: [] } };
}

/** The progress when nothing has been published and no Node has reported. */
export const noProgress: ProgressInput = {
  published: publishedVersionsOf(createStores(1)),
  reports: new Map(),
  pendingRemovals: new Map(),
  startupGrace: false,
};

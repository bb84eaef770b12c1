import type { Cluster } from '@sallyport/grouping';
import type { ProgressInput } from '@sallyport/status';
import type { Decision, PlacementFacts } from '../loop/decide.ts';
import { decide } from '../loop/decide.ts';
import { resolveMembers } from '../loop/member-resolver.ts';
import { createStores, publishedVersionsOf } from '../publish/stores.ts';

/** A decision from the given facts; the cluster is empty otherwise. */
export function decisionFor(
  facts: Partial<Pick<Cluster, 'pods' | 'namespaces'> & PlacementFacts>,
): Decision {
  const { egresses = [], pods = [], namespaces = [] } = facts;
  const cluster = { egresses: egresses.map(({ egress }) => egress), pods, namespaces };
  return decide(resolveMembers(cluster), {
    egresses,
    faults: new Map(),
    nodes: new Map(),
    reports: new Map(),
    startupGrace: false,
    serviceCIDRs: [],
    podCIDRs: [],
    ...facts,
  });
}

/** The progress when nothing has been published and no Node has reported. */
export const noProgress: ProgressInput = {
  published: publishedVersionsOf(createStores(1)),
  reports: new Map(),
  pendingRemovals: new Map(),
  startupGrace: false,
};

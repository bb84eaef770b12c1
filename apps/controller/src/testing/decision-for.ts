import type { ProgressInput } from '@sallyport/status';
import type { Decision, NodeObservation } from '../loop/decide.ts';
import { decide } from '../loop/decide.ts';
import { resolveMembers } from '../loop/member-resolver.ts';
import type { ClusterObservation } from '../observe/observed-cluster.ts';
import { createStores, publishedVersionsOf } from '../publish/stores.ts';

/** A decision from the given facts; the cluster is empty otherwise. */
export function decisionFor(facts: Partial<ClusterObservation & NodeObservation>): Decision {
  const { egresses = [], faults = new Map(), pods = [], namespaces = [] } = facts;
  return decide(resolveMembers({ egresses, faults, pods, namespaces }), {
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

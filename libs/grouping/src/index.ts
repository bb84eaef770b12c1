export { type EgressExplanation, explainPod, type PodExplanation } from './explain-pod.ts';
export { type EgressGroupView, type GroupRouting, groupsByNode } from './groups-by-node.ts';
export {
  type Exclusion,
  exclusionOf,
  type Namespace,
  type Pod,
  podKey,
  type PodRef,
} from './pod.ts';
export {
  type Cluster,
  type Member,
  type OverriddenPod,
  type ResolvedEgress,
  resolveEgresses,
} from './resolve-egresses.ts';
export { type Selection } from './selects.ts';
export { tunnelIds } from './tunnel-ids.ts';

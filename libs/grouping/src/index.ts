export { type EgressVerdict, explainPod, type PodExplanation } from './explain-pod.ts';
export { type EgressGroupView, groupsByNode, type Placement } from './groups-by-node.ts';
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
  type Loss,
  type Member,
  type ResolvedEgress,
  resolveEgresses,
} from './resolve-egresses.ts';
export { type Selection } from './selects.ts';
export { tunnelIds } from './tunnel-ids.ts';

export { explainPod, type EgressVerdict, type PodExplanation } from './explain-pod.ts';
export { groupsByNode, type EgressGroupView, type Placement } from './groups-by-node.ts';
export { exclusionOf, podKey, type Exclusion, type Namespace, type Pod, type PodRef } from './pod.ts';
export { resolveEgresses, type Cluster, type Loss, type Member, type ResolvedEgress } from './resolve-egresses.ts';
export { type Selection } from './selects.ts';
export { tunnelIds } from './tunnel-ids.ts';

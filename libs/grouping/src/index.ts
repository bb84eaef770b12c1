export { type EgressExplanation, explainPod, type PodExplanation } from './explain-pod.ts';
export { type EgressGroupView, type GroupCache, groupsByNode } from './groups-by-node.ts';
export { type Exclusion, type Namespace, type Pod, podKey, type PodRef } from './pod.ts';
export { type Cluster, type ResolvedEgress, resolveEgresses } from './resolve-egresses.ts';
export { tunnelIds } from './tunnel-ids.ts';

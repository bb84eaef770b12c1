export { type EgressExplanation, explainPod, type PodExplanation } from './explain-pod.ts';
export { GroupIndex } from './group-index/group-index.ts';
export type { EgressTally } from './group-index/tally.ts';
export { type GroupRouting, GroupViews, type ViewChanges } from './group-views.ts';
export { type Exclusion, type Namespace, type Pod, podKey, type PodRef } from './pod.ts';
export { TunnelIds } from './tunnel-ids.ts';

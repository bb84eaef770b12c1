export {
  type ClusterDelta,
  type ClusterInformers,
  clusterResources,
  startClusterInformers,
  startServiceCIDRInformer,
} from './cluster-informers.ts';
export { writeEgressStatus } from './egress-status-writer.ts';
export type { EgressEvent } from './event-correlator.ts';
export { createEventRecorder } from './event-recorder.ts';
export { createKubeClient, KubeApiError, type KubeClient, retryAfterMsIn } from './kube-client.ts';
export { KubeConfigError } from './kube-config-error.ts';
export type { Node } from './node-for.ts';
export type { ObservedEgress } from './observed-egress-for.ts';

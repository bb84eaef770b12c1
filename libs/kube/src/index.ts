export {
  clusterResources,
  startClusterInformers,
  type ClusterInformers,
  type ClusterInformersOptions,
} from './cluster-informers.ts';
export { writeEgressStatus } from './egress-status-writer.ts';
export type { Informer } from './informer.ts';
export { createKubeClient, KubeApiError, KubeConfigError, type KubeClient, type KubeRequest } from './kube-client.ts';
export type { Node } from './node-for.ts';
export type { ObservedEgress } from './observed-egress-for.ts';
export type { Observed } from './observed.ts';
export { recordEvent, type EgressEvent } from './record-event.ts';

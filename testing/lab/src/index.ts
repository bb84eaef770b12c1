export type { Cluster } from './cluster/cluster.ts';
export type { Component } from './cluster/component.ts';
export type { ClusterOptions } from './cluster/create-cluster.ts';
export { createCluster } from './cluster/create-cluster.ts';
export type { LabNode } from './cluster/node.ts';
export type { LabPod, PodSpec } from './cluster/pod.ts';
export type { Sallyport } from './cluster/sallyport.ts';
export type { ClusterLog } from './cluster/steps.ts';
export { namespaceWithEnv, seedEgress } from './manifests.ts';
export {
  API_SERVER,
  CONTROLLER,
  egressIP,
  EXTERNAL_SERVER,
  LOAD_BALANCER_IP,
  POD_NETWORK,
  ROUTER,
  SERVICE_NETWORK,
} from './network/address-plan.ts';
export type { Expectation, FlowExpectation } from './traffic/expectation.ts';
export { change, mayChange, nothing, only } from './traffic/expectation.ts';
export type { Sender } from './traffic/sender.ts';
export type { Sniffer } from './traffic/sniffer.ts';
export { PacketError } from './traffic/sniffer.ts';
export type { Stream } from './traffic/stream.ts';
export type { TimelineEntry } from './traffic/timeline.ts';
export type { Traffic } from './traffic/traffic.ts';
export {
  BootError,
  bootGuest,
  type Guest,
  type GuestProcess,
  LabSetupError,
  UNTIL_OVS_WORKS,
} from './vm/index.ts';

import type { V1Pod } from '@kubernetes/client-node';
import { podNetns } from '../kubernetes/cni.ts';
import { SERVER_IMAGE } from '../kubernetes/pod-status.ts';
import type { Flow } from '../traffic/flow.ts';
import { Sender } from '../traffic/sender.ts';
import type { Guest } from '../vm/guest/guest.ts';

/** Names and address of a running Pod. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  /** Name of its Node. */
  readonly node: string;
}

/** A running Pod of the cluster. */
export class LabPod extends Sender {
  readonly namespace: string;
  /** Without the Namespace, which `name` contains. */
  readonly podName: string;
  readonly ip: string;
  readonly node: string;

  constructor(guest: Guest, identity: PodIdentity, flow: Flow) {
    super(
      guest,
      `${identity.namespace}/${identity.name}`,
      podNetns(identity.namespace, identity.name),
      flow,
    );
    this.namespace = identity.namespace;
    this.podName = identity.name;
    this.ip = identity.ip;
    this.node = identity.node;
  }
}

/** A Pod to create: `createPods` makes the manifest. */
export interface PodSpec {
  readonly name: string;
  /** Default `default`. It must exist. */
  readonly namespace?: string;
  /** Name of its Node. */
  readonly node: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** TCP and UDP ports on which it runs the lab's server; default none. */
  readonly serves?: readonly number[];
}

/** The manifest of a Pod of the lab, with one container, which serves or does nothing. */
export function podManifest({
  name,
  namespace = 'default',
  node,
  labels = {},
  serves = [],
}: PodSpec): V1Pod {
  const container =
    serves.length === 0
      ? { name: 'idle', image: 'lab.sallyport.dev/idle' }
      : {
          name: 'server',
          image: SERVER_IMAGE,
          ports: serves.map((containerPort) => ({ containerPort })),
        };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...labels } },
    spec: { nodeName: node, containers: [container] },
  };
}

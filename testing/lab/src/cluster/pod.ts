import type { Flow } from '../traffic/flow.ts';
import { Sender } from '../traffic/sender.ts';
import type { Guest } from '../vm/guest.ts';
import { podNetns } from './cni.ts';

/** Who a running Pod is. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  /** Name of its Node. */
  readonly node: string;
}

/** A Pod of the cluster that runs. */
export class LabPod extends Sender {
  readonly namespace: string;
  /** Without the namespace; `name` has it. */
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

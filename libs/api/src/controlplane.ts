/**
 * The API between the controller and the agents, served by the controller under
 * `/apis/controlplane.antrea.io/v1beta2`. Watches follow the Kubernetes watch protocol (see
 * @sallyport/watch).
 */

import { ipFamily } from './ip.ts';

export const CONTROLPLANE_GROUP_VERSION = 'controlplane.antrea.io/v1beta2';

/**
 * Tunnel ids are 1 to 2^24-1: the width of a Geneve VNI (RFC 8926), without the 0 that an absent
 * tunnel id reads as.
 */
export const MAX_TUNNEL_ID = 2 ** 24 - 1;

/**
 * What every object of this API carries. `resourceVersion` is a decimal number, larger for every
 * later change.
 */
export interface ControlplaneMetadata {
  readonly name: string;
  /**
   * EgressGroup: the uid of the Egress. Agents don't act by it; it makes a re-created Egress of the
   * same name a change to be told of.
   */
  readonly uid?: string;
  readonly resourceVersion: string;
}

/**
 * One Pod of an EgressGroup, on the Node that watches. `ips` is empty until the Pod has an address.
 */
export interface GroupMember {
  readonly pod: { readonly namespace: string; readonly name: string };
  readonly ips: readonly string[];
}

/** The Node that holds the egress IP. */
export interface Gateway {
  readonly nodeName: string;
  /** Where the other Nodes tunnel to. */
  readonly nodeIP: string;
}

/**
 * One Egress as one Node sees it: `GET egressgroups[?watch=1]&fieldSelector=nodeName=<node>`.
 * A Node sees the groups that have a member on it and the groups whose gateway it is.
 */
export interface EgressGroup {
  readonly apiVersion: typeof CONTROLPLANE_GROUP_VERSION;
  readonly kind: 'EgressGroup';
  readonly metadata: ControlplaneMetadata;
  /**
   * Identifies the Egress in the tunnel header: 1 to {@link MAX_TUNNEL_ID}, the same on every Node
   * and after every restart.
   */
  readonly tunnelID: number;
  /**
   * The effective egress IPs, one for each address family at most; empty when the Egress has none.
   */
  readonly egressIPs: readonly string[];
  /**
   * Absent when no Node, or more than one, holds the IP: the members' external traffic is then
   * dropped.
   */
  readonly gateway?: Gateway;
  /** The members on the watching Node, sorted by namespace and name. */
  readonly groupMembers: readonly GroupMember[];
}

/**
 * What is inside the cluster and so never leaves by an egress IP: one object, named `default`. `GET
 * clusternetworks[?watch=1]`.
 */
export interface ClusterNetwork {
  readonly apiVersion: typeof CONTROLPLANE_GROUP_VERSION;
  readonly kind: 'ClusterNetwork';
  readonly metadata: ControlplaneMetadata;
  /** The Nodes by name with their InternalIPs, sorted. */
  readonly nodes: readonly { readonly name: string; readonly ips: readonly string[] }[];
  /** CIDRs, sorted. */
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
}

/**
 * What an agent tells the controller, whenever it changes and after every reconnect: `PUT
 * nodereports/<node>`. The controller keeps the last one of each Node.
 */
export interface NodeReport {
  readonly apiVersion: typeof CONTROLPLANE_GROUP_VERSION;
  readonly kind: 'NodeReport';
  readonly metadata: { readonly name: string };
  /**
   * Every address that can be a static egress IP: not loopback, not link-local, not kube-ipvs0, not
   * Pod devices.
   */
  readonly addresses: readonly string[];
  /**
   * The egressgroups resourceVersion up to which the dataplane of the Node agrees with what it was
   * told; "" at first.
   */
  readonly realizedResourceVersion: string;
  /**
   * The resourceVersion of the ClusterNetwork with which it does: each Node has to know the others
   * it tunnels to. "" at first.
   */
  readonly realizedNetworkVersion: string;
  /**
   * Why the dataplane could not be brought to agree with what the Node was told, when that was so:
   * it concerns every Egress.
   */
  readonly failure?: string;
  /** What the Node was told and cannot do; the rest it does. */
  readonly faults?: readonly NodeFault[];
}

/** Something that a Node cannot do; the traffic it concerns is dropped. */
export interface NodeFault {
  /** The name of the Egress it concerns; absent: all of them. */
  readonly egress?: string;
  /** A sentence. */
  readonly message: string;
}

/**
 * Where the other Nodes tunnel to, of a Node's InternalIPs: controller and agent have to agree.
 * Undefined when there is none.
 */
export function tunnelIpOf(ips: readonly string[]): string | undefined {
  return ips.find((ip) => ipFamily(ip) === 'IPv4');
}

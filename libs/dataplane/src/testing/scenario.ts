import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { NodeFacts } from '../node-facts.ts';
import type { Outcome } from './send.ts';

/** The Node of the tests, and a cluster around it. */
export const node: NodeFacts = { name: 'n1', ip: '192.168.77.11', uplinkMtu: 1500 };

export const nodeIPs: Readonly<Record<string, string>> = {
  n1: '192.168.77.11',
  n2: '192.168.77.12',
  n3: '192.168.77.13',
};

export const network: ClusterNetwork = {
  apiVersion: CONTROLPLANE_GROUP_VERSION,
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '1' },
  nodes: Object.entries(nodeIPs).map(([name, ip]) => ({ name, ips: [ip] })),
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
};

/** An Egress as the Node sees it, in short. */
export interface GroupSketch {
  readonly name: string;
  readonly tunnelID: number;
  readonly egressIP?: string;
  /** The name of the gateway Node. */
  readonly gateway?: string;
  /** The addresses of the Pods on the Node. */
  readonly pods: readonly string[];
}

export function egressGroup({ name, tunnelID, egressIP, gateway, pods }: GroupSketch): EgressGroup {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'EgressGroup',
    metadata: { name, uid: `uid-${name}`, resourceVersion: '1' },
    tunnelID,
    egressIPs: egressIP === undefined ? [] : [egressIP],
    ...(gateway === undefined
      ? {}
      : { gateway: { nodeName: gateway, nodeIP: nodeIPs[gateway] ?? '' } }),
    groupMembers: pods.map((ip) => ({
      pod: { namespace: 'default', name: `pod-${ip}` },
      ips: [ip],
    })),
  };
}

/**
 * Where the external traffic of a Pod of the Node has to go: what the user asked for, not what the
 * planner thinks.
 */
export function intentForPod(groups: readonly GroupSketch[], ip: string): Outcome {
  const claims = groups.filter(({ pods }) => pods.includes(ip));
  const [group] = claims;
  if (group === undefined) {
    return `leaves as ${node.ip}`;
  }
  const { gateway, egressIP, tunnelID } = group;
  if (claims.length > 1 || gateway === undefined || egressIP === undefined) {
    return 'dropped';
  }
  return gateway === node.name
    ? `leaves as ${egressIP}`
    : `tunnel ${tunnelID} to ${nodeIPs[gateway] ?? ''}`;
}

/** Where a packet that comes through the tunnel has to go. */
export function intentForTunnel(groups: readonly GroupSketch[], tunnelID: number): Outcome {
  const group = groups.find((candidate) => candidate.tunnelID === tunnelID);
  return group?.gateway === node.name && group.egressIP !== undefined
    ? `leaves as ${group.egressIP}`
    : 'dropped';
}

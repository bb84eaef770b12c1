import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { NodeFacts } from '../plan.ts';

/** The Node of the tests, and a cluster around it. */
export const node: NodeFacts = {
  name: 'n1',
  ip: '192.168.77.11',
  uplinkMtu: 1500,
  devices: new Map([['192.168.77.11', 'eth0']]),
  sourceRules: [],
};

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

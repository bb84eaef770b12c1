import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import type { Unversioned } from '@sallyport/watch';

const apiVersion = 'controlplane.antrea.io/v1beta2';

export const IP = '192.168.77.200';
export const OTHER_IP = '192.168.77.201';

/** Two Nodes; the agent under test is that of n1. */
export const network: Unversioned<ClusterNetwork> = {
  apiVersion,
  kind: 'ClusterNetwork',
  metadata: { name: 'default' },
  nodes: [
    { name: 'n1', ips: ['192.168.77.11'] },
    { name: 'n2', ips: ['192.168.77.12'] },
  ],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/16'],
};

/** On this Node, n1. */
export const here = group('here', 77, IP, 'n1', ['10.244.1.11']);
/** On the other Node. */
export const there = group('there', 78, OTHER_IP, 'n2', ['10.244.1.12', '10.244.1.13']);
/** On no Node. */
export const nowhere = group('nowhere', 79, '192.168.77.202', undefined, ['10.244.1.14']);

/** An EgressGroup as the controller publishes it. */
export function group(
  name: string,
  tunnelID: number,
  egressIP: string,
  gateway: 'n1' | 'n2' | undefined,
  podIPs: readonly string[],
): Unversioned<EgressGroup> {
  return {
    apiVersion,
    kind: 'EgressGroup',
    metadata: { name, uid: `uid-of-${name}` },
    tunnelID,
    egressIPs: [egressIP],
    ...(gateway === undefined
      ? {}
      : {
          gateway: {
            nodeName: gateway,
            nodeIP: gateway === 'n1' ? '192.168.77.11' : '192.168.77.12',
          },
        }),
    groupMembers: podIPs.map((ip) => ({
      pod: { namespace: 'prod', name: `pod-${ip}` },
      ips: [ip],
    })),
  };
}

import type { Egress, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Pod } from '@sallyport/grouping';
import type { Observation } from '../decide/decide.ts';
import { decide } from '../decide/decide.ts';
import { publish } from './publish.ts';
import type { Stores } from './stores.ts';
import { createStores } from './stores.ts';

const IP = '192.0.2.10';
const web: Egress = {
  name: 'web',
  uid: 'u1',
  generation: 1,
  createdAtMs: 0,
  appliedTo: { podSelector: { matchLabels: { role: 'web' } } },
  egressIPs: [IP],
  externalIPPools: [],
  unavailable: 'Drop',
};

describe('publish', () => {
  it('changes only what a Node has to see anew', () => {
    const stores = createStores(1);
    const before = decide(observe(web, [pod('a', 'n1'), pod('bb', 'n2')], { n1: false, n2: true }));
    expect(publish(before, stores)).toEqual({ egressGroups: 2, clusterNetworks: 1 });
    expect(publish(before, stores)).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    const onN1 = groupOf(stores, 'n1', 'web');
    const after = decide(
      observe(web, [pod('a', 'n1'), pod('bb', 'n2'), pod('ccc', 'n2')], { n1: false, n2: true }),
    );
    expect(publish(after, stores)).toEqual({ egressGroups: 1, clusterNetworks: 0 });
    expect(groupOf(stores, 'n1', 'web')).toBe(onN1);
    expect(groupOf(stores, 'n2', 'web')?.groupMembers.map((member) => member.pod.name)).toEqual([
      'bb',
      'ccc',
    ]);
  });

  it('takes the group from a Node that has neither members nor the IP any more', () => {
    const stores = createStores(1);
    publish(decide(observe(web, [pod('a', 'n1')], { n2: true })), stores);
    expect(stores.egressGroups.partitions()).toEqual(['n2', 'n1']);
    publish(decide(observe(web, [pod('a', 'n1', 'db')], { n2: true })), stores);
    expect(stores.egressGroups.partitions()).toEqual(['n2']);
    publish(decide(observe(web, [pod('a', 'n1', 'db')], { n2: false })), stores);
    expect(stores.egressGroups.partitions()).toEqual([]);
  });

  it('leaves the gateway out while two Nodes hold the IP, so that traffic is dropped', () => {
    const stores = createStores(1);
    publish(decide(observe(web, [pod('a', 'n1')], { n1: true, n2: true })), stores);
    expect(groupOf(stores, 'n1', 'web')?.gateway).toBeUndefined();
    expect(groupOf(stores, 'n1', 'web')?.groupMembers).toHaveLength(1);
  });

  it('governs no Pods without a gateway when their traffic may leave from the IPs of their Nodes', () => {
    const stores = createStores(1);
    publish(decide(observe({ ...web, unavailable: 'NodeIP' }, [pod('a', 'n1')], {})), stores);
    expect(groupOf(stores, 'n1', 'web')?.groupMembers ?? []).toEqual([]);
  });
});

function observe(
  egress: Egress,
  pods: readonly Pod[],
  holders: Readonly<Record<string, boolean>>,
): Observation {
  return {
    egresses: [{ name: egress.name, egress, status: {}, resourceVersion: '1' }],
    faults: new Map(),
    pods,
    namespaces: [{ name: 'prod', labels: {} }],
    nodes: new Map(
      ['n1', 'n2'].map((name, index) => [
        name,
        { name, ips: [`10.0.0.${index + 1}`], podCIDRs: [], ready: true },
      ]),
    ),
    reports: new Map(
      Object.entries(holders).map(([name, holds]) => [
        name,
        {
          apiVersion: CONTROLPLANE_GROUP_VERSION,
          kind: 'NodeReport' as const,
          metadata: { name },
          addresses: holds ? [IP] : [],
          realizedResourceVersion: '',
          realizedNetworkVersion: '',
        },
      ]),
    ),
    settling: false,
    serviceCIDRs: [],
    podCIDRs: [],
  };
}

function pod(name: string, nodeName: string, role = 'web'): Pod {
  return {
    namespace: 'prod',
    name,
    labels: { role },
    nodeName,
    ips: [`10.244.0.${name.length}`],
    phase: 'Running',
    hostNetwork: false,
    terminating: false,
  };
}

function groupOf(
  { egressGroups }: Stores,
  nodeName: string,
  name: string,
): EgressGroup | undefined {
  return egressGroups.list(nodeName).items.find(({ metadata }) => metadata.name === name);
}

import type { Egress, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Pod } from '@sallyport/grouping';
import { sampleEgress, samplePod } from '@sallyport/kit';
import type { Decision } from '../loop/decide.ts';
import { decisionFor } from '../testing/decision-for.ts';
import { publish } from './publish.ts';
import type { Stores } from './stores.ts';
import { createStores, publishedVersionsOf } from './stores.ts';

const IP = '192.0.2.10';
const web: Egress = sampleEgress('web', {
  appliedTo: { podSelector: { matchLabels: { role: 'web' } } },
  egressIPs: [IP],
});

describe('publish', () => {
  it('changes only the views that differ', () => {
    const stores = createStores(1);
    const before = decisionOf(web, [pod('a', 'n1'), pod('bb', 'n2')], { n1: false, n2: true });
    expect(publish(before, stores)).toEqual({ egressGroups: 2, clusterNetworks: 1 });
    expect(publish(before, stores)).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    const onN1 = groupOf(stores, 'n1', 'web');
    const after = decisionOf(web, [pod('a', 'n1'), pod('bb', 'n2'), pod('ccc', 'n2')], {
      n1: false,
      n2: true,
    });
    expect(publish(after, stores)).toEqual({ egressGroups: 1, clusterNetworks: 0 });
    expect(groupOf(stores, 'n1', 'web')).toBe(onN1);
    expect(groupOf(stores, 'n2', 'web')?.groupMembers.map((member) => member.pod.name)).toEqual([
      'bb',
      'ccc',
    ]);
  });

  it('removes the group from a Node without members that is not the gateway', () => {
    const stores = createStores(1);
    publish(decisionOf(web, [pod('a', 'n1')], { n2: true }), stores);
    expect(stores.egressGroups.partitions()).toEqual(['n2', 'n1']);
    publish(decisionOf(web, [pod('a', 'n1', 'db')], { n2: true }), stores);
    expect(stores.egressGroups.partitions()).toEqual(['n2']);
    publish(decisionOf(web, [pod('a', 'n1', 'db')], { n2: false }), stores);
    expect(stores.egressGroups.partitions()).toEqual([]);
  });

  it('has the version of the latest change or removal of each view', () => {
    const stores = createStores(1);
    const versions = publishedVersionsOf(stores);
    publish(decisionOf(web, [pod('a', 'n1')], { n2: true }), stores);
    const [first, network] = [versions.groupVersion('n1', 'web'), versions.networkVersion()];
    expect(first).toBeGreaterThan(versions.firstVersion);
    expect(network).toBeGreaterThan(versions.firstVersion);
    publish(decisionOf(web, [], { n2: true }), stores);
    expect(versions.groupVersion('n1', 'web')).toBeGreaterThan(first);
    expect(versions.networkVersion()).toBe(network);
  });

  it('has no gateway while two Nodes have the IP, so that traffic is dropped', () => {
    const stores = createStores(1);
    publish(decisionOf(web, [pod('a', 'n1')], { n1: true, n2: true }), stores);
    expect(groupOf(stores, 'n1', 'web')?.gateway).toBeUndefined();
    expect(groupOf(stores, 'n1', 'web')?.groupMembers).toHaveLength(1);
  });

  it('has no members without a gateway when traffic may leave from the IPs of the Nodes', () => {
    const stores = createStores(1);
    publish(decisionOf({ ...web, unavailable: 'NodeIP' }, [pod('a', 'n1')], {}), stores);
    expect(groupOf(stores, 'n1', 'web')?.groupMembers ?? []).toEqual([]);
  });
});

function decisionOf(
  egress: Egress,
  pods: readonly Pod[],
  hasIP: Readonly<Record<string, boolean>>,
): Decision {
  return decisionFor({
    egresses: [{ name: egress.name, egress, status: {}, resourceVersion: '1' }],
    pods,
    namespaces: [{ name: 'prod', labels: {} }],
    nodes: new Map(
      ['n1', 'n2'].map((name, index) => [
        name,
        { name, ips: [`10.0.0.${index + 1}`], podCIDRs: [], ready: true },
      ]),
    ),
    reports: new Map(
      Object.entries(hasIP).map(([name, has]) => [
        name,
        {
          apiVersion: CONTROLPLANE_GROUP_VERSION,
          kind: 'NodeReport' as const,
          metadata: { name },
          addresses: has ? [IP] : [],
          realizedResourceVersion: '',
          realizedNetworkVersion: '',
        },
      ]),
    ),
  });
}

function pod(name: string, nodeName: string, role = 'web'): Pod {
  const ips = [`10.244.0.${name.length}`];
  return samplePod(name, { namespace: 'prod', labels: { role }, nodeName, ips });
}

function groupOf(
  { egressGroups }: Stores,
  nodeName: string,
  name: string,
): EgressGroup | undefined {
  return egressGroups.list(nodeName).items.find(({ metadata }) => metadata.name === name);
}

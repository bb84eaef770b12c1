import type { Egress, EgressGroup, NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import { sampleEgress, samplePod } from '@sallyport/kit';
import { Decider } from '../loop/decider.ts';
import { came } from '../testing/decision-for.ts';
import type { Published } from './publish.ts';
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
    const cluster = new Cluster(web);
    cluster.put(pod('a', 'n1'), pod('bb', 'n2'));
    cluster.report({ n1: false, n2: true });
    expect(cluster.publish()).toEqual({ egressGroups: 2, clusterNetworks: 1 });
    expect(cluster.publish()).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    const onN1 = groupOf(cluster.stores, 'n1', 'web');
    cluster.put(pod('ccc', 'n2'));
    expect(cluster.publish()).toEqual({ egressGroups: 1, clusterNetworks: 0 });
    expect(groupOf(cluster.stores, 'n1', 'web')).toBe(onN1);
    expect(
      groupOf(cluster.stores, 'n2', 'web')?.groupMembers.map((member) => member.pod.name),
    ).toEqual(['bb', 'ccc']);
  });

  it('removes the group from a Node without members that is not the gateway', () => {
    const cluster = new Cluster(web);
    const partitions = (): readonly string[] => {
      cluster.publish();
      return [...cluster.stores.egressGroups.partitions()].sort();
    };
    cluster.put(pod('a', 'n1'));
    cluster.report({ n2: true });
    expect(partitions()).toEqual(['n1', 'n2']);
    cluster.put(pod('a', 'n1', 'db'));
    expect(partitions()).toEqual(['n2']);
    cluster.report({ n2: false });
    expect(partitions()).toEqual([]);
  });

  it('has the version of the latest change or removal of each view', () => {
    const cluster = new Cluster(web);
    const versions = publishedVersionsOf(cluster.stores);
    cluster.put(pod('a', 'n1'));
    cluster.report({ n2: true });
    cluster.publish();
    const [first, network] = [versions.groupVersion('n1', 'web'), versions.networkVersion()];
    expect(first).toBeGreaterThan(versions.firstVersion);
    expect(network).toBeGreaterThan(versions.firstVersion);
    cluster.put(pod('a', 'n1', 'db'));
    cluster.publish();
    expect(versions.groupVersion('n1', 'web')).toBeGreaterThan(first);
    expect(versions.networkVersion()).toBe(network);
  });

  it('has no gateway while two Nodes have the IP, so that traffic is dropped', () => {
    const cluster = new Cluster(web);
    cluster.put(pod('a', 'n1'));
    cluster.report({ n1: true, n2: true });
    cluster.publish();
    expect(groupOf(cluster.stores, 'n1', 'web')?.gateway).toBeUndefined();
    expect(groupOf(cluster.stores, 'n1', 'web')?.groupMembers).toHaveLength(1);
  });

  it('has no members without a gateway when traffic may leave from the IPs of the Nodes', () => {
    const cluster = new Cluster({ ...web, unavailable: 'NodeIP' });
    cluster.put(pod('a', 'n1'));
    cluster.publish();
    expect(groupOf(cluster.stores, 'n1', 'web')?.groupMembers ?? []).toEqual([]);
  });

  it('touches no list of members when the gateway moves, nor when a status is written', () => {
    const cluster = new Cluster(web);
    cluster.put(pod('a', 'n1'), pod('bb', 'n3'));
    cluster.report({ n1: true });
    cluster.publish();
    const before = groupOf(cluster.stores, 'n3', 'web')?.groupMembers;
    cluster.report({ n1: false, n2: true });
    expect(cluster.publish()).toEqual({ egressGroups: 3, clusterNetworks: 0 });
    expect(groupOf(cluster.stores, 'n3', 'web')?.gateway?.nodeName).toBe('n2');
    expect(groupOf(cluster.stores, 'n3', 'web')?.groupMembers).toBe(before);
    cluster.writeStatus();
    expect(cluster.publish()).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    expect(cluster.concerned).toEqual({ placed: new Set(), all: new Set(['web']) });
  });
});

/** Three Nodes and an Egress. */
class Cluster {
  readonly stores = createStores(1);
  concerned: unknown;
  readonly #decider = new Decider({ podCIDRs: [], serviceCIDRs: [] });
  readonly #egress: Egress;
  #reports: ReadonlyMap<string, NodeReport> = new Map();
  #version = 0;

  constructor(egress: Egress) {
    this.#egress = egress;
    this.#decider.apply({ kind: 'namespace', key: 'prod', ...came({ name: 'prod', labels: {} }) });
    for (const name of ['n1', 'n2', 'n3']) {
      const node = { name, ips: [`10.0.0.${name.slice(1)}`], podCIDRs: [], ready: true };
      this.#decider.apply({ kind: 'node', key: name, ...came(node) });
    }
    this.writeStatus();
  }

  put(...pods: readonly Pod[]): void {
    for (const each of pods) {
      this.#decider.apply({ kind: 'pod', key: podKey(each), ...came(each) });
    }
  }

  writeStatus(): void {
    this.#version += 1;
    const { name } = this.#egress;
    const resourceVersion = String(this.#version);
    const observed = { name, egress: { ...this.#egress }, status: {}, resourceVersion };
    this.#decider.apply({ kind: 'egress', key: name, ...came(observed) });
  }

  report(hasIP: Readonly<Record<string, boolean>>): void {
    this.#reports = new Map(
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
    );
    this.#decider.placeAll();
  }

  publish(): Published {
    const facts = { reports: this.#reports, startupGrace: false };
    const { decision, views, concerned } = this.#decider.decide(facts);
    this.concerned = concerned;
    return publish({ views, network: decision.network }, this.stores);
  }
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

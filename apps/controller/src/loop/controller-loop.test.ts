import type { ClusterNetwork, Egress, EgressGroup, NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import { sampleEgress, samplePod } from '@sallyport/kit';
import type { ClusterDelta, Node, ObservedEgress } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import fc from 'fast-check';
import { pino } from 'pino';
import type { ClusterListener } from '../observe/observed-cluster.ts';
import { createStores } from '../publish/stores.ts';
import { came } from '../testing/decision-for.ts';
import { ControllerLoop } from './controller-loop.ts';
import type { Concerned } from './decider.ts';

const IP = '192.0.2.10';

interface Fixture {
  readonly loop: ControllerLoop;
  readonly cluster: FakeCluster;
  /** The groups by Node, and the cluster network, without versions. */
  readonly published: () => unknown;
  /** The version of the latest change of a group on any Node. */
  readonly version: () => number;
  readonly endStartupGrace: () => void;
}

describe('ControllerLoop', () => {
  it('does nothing before the cluster has been seen', () => {
    const { loop, cluster, published } = setUp();
    cluster.missing = ['pods'];
    expect(loop.tick()).toBeUndefined();
    expect(loop.decision).toBeUndefined();
    expect(loop.missing()).toEqual(['pods']);
    cluster.missing = [];
    expect(loop.missing()).toEqual(['the first decision']);
    loop.tick();
    expect(loop.missing()).toEqual([]);
    expect(published()).toMatchObject({ groups: { n1: [{ metadata: { name: 'web' } }] } });
  });

  it('changes nothing in a second tick', () => {
    const { loop, published, version } = setUp();
    loop.accept(reportOf('n2', [IP]));
    loop.tick();
    const [before, at] = [published(), version()];
    expect(loop.tick()).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    expect(published()).toEqual(before);
    expect(version()).toBe(at);
  });

  it('names the Egresses that a change concerns, and decides nothing else again', () => {
    const { loop, cluster, published } = setUp();
    const concerned: Concerned[] = [];
    loop.subscribe({ decided: (_, __, each) => concerned.push(each) });
    loop.accept(reportOf('n2', [IP]));
    expect(concerned.splice(0)).toEqual([{ placed: new Set(['web']), all: 'all' }]);
    expect(gatewaysIn(published())).toEqual(['n2', 'n2']);
    loop.accept(reportOf('n2', []));
    loop.accept(reportOf('n1', [IP]));
    expect(loop.tick()).toEqual({ egressGroups: 2, clusterNetworks: 0 });
    expect(gatewaysIn(published())).toEqual(['n1']);
    expect(concerned.splice(0)).toEqual([{ placed: new Set(['web']), all: new Set(['web']) }]);
    cluster.putNode('n3');
    loop.tick();
    expect(loop.decision?.nodes.has('n3')).toBe(true);
    expect(concerned.splice(0)).toEqual([{ placed: new Set(), all: 'all' }]);
    const status = { egressNode: 'n1', egressIP: IP };
    cluster.putEgress({ ...observed, egress: { ...egress }, status, resourceVersion: '2' });
    expect(loop.tick()).toEqual({ egressGroups: 0, clusterNetworks: 0 });
    expect(loop.decision?.egresses.get('web')?.resourceVersion).toBe('2');
    expect(concerned.splice(0)).toEqual([{ placed: new Set(), all: new Set(['web']) }]);
    cluster.putPod({ ...podOf('other', 'n1'), namespace: 'dev' });
    loop.tick();
    expect(concerned.splice(0)).toEqual([{ placed: new Set(), all: new Set() }]);
    cluster.putPod(podOf('b', 'n1'));
    expect(loop.tick()).toEqual({ egressGroups: 1, clusterNetworks: 0 });
    expect(concerned).toEqual([{ placed: new Set(), all: new Set(['web']) }]);
  });

  it('publishes the same after the same events, in any order and with any ticks between', () => {
    type Event = (fixture: Fixture) => void;
    const events: readonly Event[] = [
      ({ loop }) => {
        loop.accept(reportOf('n2', [IP]));
      },
      ({ loop }) => {
        loop.accept(reportOf('n1', ['10.0.0.1']));
      },
      ({ cluster }) => {
        cluster.putPod(podOf('b', 'n1'));
      },
      ({ cluster }) => {
        cluster.putPod(podOf('c', 'n3'));
      },
      ({ cluster }) => {
        cluster.putNode('n3');
      },
      (fixture) => {
        fixture.endStartupGrace();
      },
    ];
    const outcomeOf = (order: readonly Event[], ticks: readonly boolean[]): unknown => {
      const fixture = setUp();
      fixture.loop.tick();
      for (const [index, event] of order.entries()) {
        event(fixture);
        if (ticks[index] === true) {
          fixture.loop.tick();
        }
      }
      fixture.loop.tick();
      const { placements, nodesOfGroup } = fixture.loop.decision!;
      return { published: fixture.published(), placements, nodes: nodesOfGroup.get('web') };
    };
    const expected = outcomeOf(events, []);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events], { minLength: events.length }),
        fc.array(fc.boolean(), { minLength: events.length, maxLength: events.length }),
        (order, ticks) => {
          expect(sorted(outcomeOf(order, ticks))).toEqual(sorted(expected));
        },
      ),
    );
  });

  it('drops the report, the groups and the pending removals of a Node that goes', () => {
    const { loop, cluster, published } = setUp();
    const gone: string[] = [];
    loop.subscribe({ nodeGone: (nodeName) => gone.push(nodeName) });
    loop.accept(reportOf('n2', [IP]));
    loop.tick();
    loop.accept(reportOf('n2', []));
    loop.tick();
    expect(loop.progress().pendingRemovals.get('web')).toEqual(['n2']);
    cluster.removeNode('n2');
    loop.tick();
    expect(gone).toEqual(['n2']);
    expect(loop.reports.all.has('n2')).toBe(false);
    expect(loop.progress().pendingRemovals.get('web')).toBeUndefined();
    expect(published()).toMatchObject({ network: [{ nodes: [{ name: 'n1' }] }] });
    cluster.putNode('n2');
    loop.tick();
    expect(gatewaysIn(published())).toEqual([]);
  });

  it('has a pending removal until the Node reports its version', () => {
    const { loop, version } = setUp();
    loop.accept(reportOf('n2', [IP]));
    loop.tick();
    loop.accept(reportOf('n2', []));
    loop.tick();
    expect(loop.progress().pendingRemovals.get('web')).toEqual(['n2']);
    loop.accept(reportOf('n2', [], String(version())));
    loop.tick();
    expect(loop.progress().pendingRemovals.get('web')).toBeUndefined();
  });

  it('counts an IP that no Node reports as unassigned after the start-up grace', () => {
    const { loop, endStartupGrace } = setUp();
    loop.tick();
    expect(loop.decision?.placements.get('web')).toMatchObject({ kind: 'unknown' });
    endStartupGrace();
    loop.tick();
    expect(loop.decision?.placements.get('web')).toMatchObject({ kind: 'none' });
    expect(loop.progress().startupGrace).toBe(false);
  });

  it('calls its listeners for decisions, and for each report', () => {
    const { loop } = setUp();
    const calls: string[] = [];
    loop.subscribe({
      decided: () => calls.push('decided'),
      progressed: () => calls.push('progressed'),
    });
    loop.accept(reportOf('n2', [IP]));
    expect(calls.splice(0)).toEqual(['decided', 'progressed']);
    loop.accept(reportOf('n2', [IP], '7'));
    expect(calls).toEqual(['progressed']);
  });
});

/** Two Nodes, and an Egress that selects one Pod, on n1. */
function setUp(): Fixture {
  const cluster = new FakeCluster();
  const stores = createStores(1);
  const timers: (() => void)[] = [];
  // Only the start-up grace lasts so long; the rest between ticks never ends, so tests tick.
  const clock: Clock = {
    after(delayMs, callback) {
      if (delayMs === 60_000) {
        timers.push(callback);
      }
      return () => undefined;
    },
  };
  const loop = new ControllerLoop({
    config: { reportGrace: 60_000, podCidrs: [], serviceCidrs: [] },
    cluster,
    stores,
    clock,
    nowMs: () => 0,
    monotonicMs: () => 0,
    logger: pino({ level: 'silent' }),
  });
  const withoutVersion = ({ metadata, ...rest }: EgressGroup | ClusterNetwork): object => ({
    ...rest,
    metadata: { name: metadata.name },
  });
  return {
    loop,
    cluster,
    published: () => ({
      groups: Object.fromEntries(
        stores.egressGroups
          .partitions()
          .map((node) => [node, stores.egressGroups.list(node).items.map(withoutVersion)]),
      ),
      network: stores.clusterNetworks.list('').items.map(withoutVersion),
    }),
    version: () => stores.egressGroups.version,
    endStartupGrace: () => {
      for (const callback of timers.splice(0)) {
        callback();
      }
    },
  };
}

/** Nodes n1 and n2, and an Egress that selects one Pod, on n1. */
class FakeCluster {
  missing: readonly string[] = [];
  #listener: ClusterListener | undefined;

  unsynced(): readonly string[] {
    return this.missing;
  }

  subscribe(listener: ClusterListener): void {
    this.#listener = listener;
    this.#send({ kind: 'namespace', key: 'prod', ...came({ name: 'prod', labels: {} }) });
    this.#send({ kind: 'namespace', key: 'dev', ...came({ name: 'dev', labels: { env: 'dev' } }) });
    this.putNode('n1');
    this.putNode('n2');
    this.putPod(podOf('a', 'n1'));
    this.putEgress(observed);
  }

  putPod(pod: Pod): void {
    this.#send({ kind: 'pod', key: podKey(pod), ...came(pod) });
  }

  putEgress(each: ObservedEgress): void {
    this.#send({ kind: 'egress', key: each.name, ...came(each) });
  }

  putNode(name: string): void {
    this.#send({ kind: 'node', key: name, ...came(nodeOf(name)) });
  }

  removeNode(name: string): void {
    this.#send({ kind: 'node', key: name, before: undefined, after: undefined });
  }

  #send(delta: ClusterDelta): void {
    this.#listener?.changed(delta);
  }
}

const egress: Egress = sampleEgress('web', {
  egressIPs: [IP],
  appliedTo: {
    namespaceSelector: { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] },
  },
});
const observed: ObservedEgress = { name: 'web', egress, status: {}, resourceVersion: '1' };

function podOf(name: string, nodeName: string): Pod {
  return samplePod(name, {
    namespace: 'prod',
    nodeName,
    ips: [`10.244.0.${name.charCodeAt(0)}`],
  });
}

function nodeOf(name: string): Node {
  return { name, ips: [`10.0.0.${name.slice(1)}`], podCIDRs: [], ready: true };
}

function reportOf(
  name: string,
  addresses: readonly string[],
  realizedResourceVersion = '',
): NodeReport {
  return {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'NodeReport',
    metadata: { name },
    addresses,
    realizedResourceVersion,
    realizedNetworkVersion: '',
  };
}

/** The gateway of each published group, Node by Node. */
function gatewaysIn(published: unknown): readonly (string | undefined)[] {
  const { groups } = published as { groups: Readonly<Record<string, readonly EgressGroup[]>> };
  return Object.values(groups)
    .flat()
    .flatMap(({ gateway }) => (gateway === undefined ? [] : [gateway.nodeName]));
}

/** Text that does not depend on the order of map entries and object keys. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    const plain: unknown = item instanceof Map ? Object.fromEntries(item) : item;
    return typeof plain === 'object' && plain !== null && !Array.isArray(plain)
      ? Object.fromEntries(Object.entries(plain).sort(([a], [b]) => (a < b ? -1 : 1)))
      : plain;
  });
}

import type { ClusterNetwork, Egress, EgressGroup, NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Pod } from '@sallyport/grouping';
import { sampleEgress, samplePod } from '@sallyport/kit';
import type { Node, ObservedEgress } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import fc from 'fast-check';
import { pino } from 'pino';
import type { ObservedChange, ObservedCluster } from '../observe/observed-cluster.ts';
import { createStores } from '../publish/stores.ts';
import { ControllerLoop } from './controller-loop.ts';
import type { MemberResolver } from './member-resolver.ts';
import { resolveMembers } from './member-resolver.ts';

const IP = '192.0.2.10';

interface Fixture {
  readonly loop: ControllerLoop;
  readonly cluster: FakeCluster;
  /** The number of times that members were resolved. */
  readonly resolved: () => number;
  /** The groups by Node, and the cluster network, without versions. */
  readonly published: () => unknown;
  /** The version of the latest change of a group on any Node. */
  readonly version: () => number;
  readonly endStartupGrace: () => void;
}

describe('ControllerLoop', () => {
  it('does nothing before the cluster has been seen', () => {
    const { loop, cluster, published } = setUp();
    cluster.unsynced = ['pods'];
    expect(loop.tick()).toBeUndefined();
    expect(loop.decision).toBeUndefined();
    expect(loop.missing()).toEqual(['pods']);
    cluster.unsynced = [];
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

  it('resolves members again only after a change of the objects that they depend on', () => {
    const { loop, cluster, resolved, published } = setUp();
    loop.accept(reportOf('n2', [IP]));
    loop.tick();
    expect(resolved()).toBe(1);
    expect(gatewaysIn(published())).toEqual(['n2', 'n2']);
    loop.accept(reportOf('n2', []));
    loop.accept(reportOf('n1', [IP]));
    expect(loop.tick()).toEqual({ egressGroups: 2, clusterNetworks: 0 });
    expect(gatewaysIn(published())).toEqual(['n1']);
    cluster.change('nodes', () => cluster.nodeMap.set('n3', nodeOf('n3')));
    loop.tick();
    expect(loop.decision?.nodes.has('n3')).toBe(true);
    expect(resolved()).toBe(1);
    const written: ObservedEgress = {
      ...cluster.egresses[0]!,
      status: { egressNode: 'n1', egressIP: IP },
      resourceVersion: '2',
    };
    cluster.change('status', () => (cluster.egresses = [written]));
    loop.tick();
    expect(loop.decision?.egresses).toEqual([written]);
    expect(resolved()).toBe(1);
    cluster.change('membership', () => cluster.pods.push(podOf('b', 'n1')));
    loop.tick();
    expect(resolved()).toBe(2);
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
        cluster.change('membership', () => cluster.pods.push(podOf('b', 'n1')));
      },
      ({ cluster }) => {
        cluster.change('membership', () => cluster.pods.push(podOf('c', 'n3')));
      },
      ({ cluster }) => {
        cluster.change('nodes', () => cluster.nodeMap.set('n3', nodeOf('n3')));
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
      return { published: fixture.published(), placements, nodesOfGroup };
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
    expect(loop.progress().pendingRemovals).toEqual(new Map([['web', ['n2']]]));
    cluster.change('nodes', () => cluster.nodeMap.delete('n2'));
    loop.tick();
    expect(gone).toEqual(['n2']);
    expect(loop.reports.all.has('n2')).toBe(false);
    expect(loop.progress().pendingRemovals.size).toBe(0);
    expect(published()).toMatchObject({ network: [{ nodes: [{ name: 'n1' }] }] });
    cluster.change('nodes', () => cluster.nodeMap.set('n2', nodeOf('n2')));
    loop.tick();
    expect(gatewaysIn(published())).toEqual([]);
  });

  it('has a pending removal until the Node reports its version', () => {
    const { loop, version } = setUp();
    loop.accept(reportOf('n2', [IP]));
    loop.tick();
    loop.accept(reportOf('n2', []));
    loop.tick();
    expect(loop.progress().pendingRemovals).toEqual(new Map([['web', ['n2']]]));
    loop.accept(reportOf('n2', [], String(version())));
    loop.tick();
    expect(loop.progress().pendingRemovals.size).toBe(0);
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

  it('calls its listeners for decisions, and for reports that change no address', () => {
    const { loop } = setUp();
    const calls: string[] = [];
    loop.subscribe({
      decided: () => calls.push('decided'),
      progressed: () => calls.push('progressed'),
    });
    loop.accept(reportOf('n2', [IP]));
    expect(calls).toEqual(['decided']);
    loop.accept(reportOf('n2', [IP], '7'));
    expect(calls).toEqual(['decided', 'progressed']);
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
  let count = 0;
  const resolver: MemberResolver = {
    resolve() {
      count += 1;
      return resolveMembers(cluster.membership());
    },
  };
  const loop = new ControllerLoop({
    config: { reportGrace: 60_000, podCidrs: [], serviceCidrs: [] },
    cluster: {
      unsynced: () => cluster.unsynced,
      egresses: () => ({ egresses: [...cluster.egresses], faults: new Map() }),
      nodes: () => new Map(cluster.nodeMap),
      onChange: (listener) => {
        cluster.listener = listener;
      },
    },
    resolver,
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
    resolved: () => count,
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

class FakeCluster {
  unsynced: readonly string[] = [];
  listener: Parameters<ObservedCluster['onChange']>[0] = () => undefined;
  egresses: readonly ObservedEgress[] = [{ name: 'web', egress, status: {}, resourceVersion: '1' }];
  readonly pods: Pod[] = [podOf('a', 'n1')];
  readonly nodeMap = new Map(['n1', 'n2'].map((name) => [name, nodeOf(name)]));

  change(changed: ObservedChange, make: () => unknown): void {
    make();
    this.listener(changed);
  }

  membership(): ReturnType<ObservedCluster['membership']> {
    return {
      egresses: this.egresses.map((observed) => observed.egress),
      pods: [...this.pods],
      namespaces: [{ name: 'prod', labels: {} }],
    };
  }
}

const egress: Egress = sampleEgress('web', { egressIPs: [IP] });

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

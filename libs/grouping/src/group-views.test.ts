import type { Egress, Gateway } from '@sallyport/api';
import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import fc from 'fast-check';
import { GroupIndex } from './group-index/group-index.ts';
import type { EgressGroupView, GroupRouting, ViewChanges } from './group-views.ts';
import { GroupViews } from './group-views.ts';
import type { Pod } from './pod.ts';
import { podKey } from './pod.ts';

const gateway: Gateway = { nodeName: 'n2', nodeIP: '192.168.77.12' };

describe('GroupViews', () => {
  it('shows each Node its own members, and the gateway its group without any', () => {
    const cluster = new Cluster();
    cluster.put(pod('p'), pod('q', { nodeName: 'n3' }), pod('r'));
    cluster.route(egress('a'), gateway);
    expect(cluster.shown()).toEqual({
      n1: [{ name: 'a', pods: ['p', 'r'], gateway: 'n2' }],
      n2: [{ name: 'a', pods: [], gateway: 'n2' }],
      n3: [{ name: 'a', pods: ['q'], gateway: 'n2' }],
    });
    expect(cluster.views.nodesOf('a')).toEqual(['n1', 'n2', 'n3']);
  });

  it('shows the gateway its own members as well', () => {
    const cluster = new Cluster();
    cluster.put(pod('p', { nodeName: 'n2' }));
    cluster.route(egress('a'), gateway);
    expect(cluster.shown()).toEqual({ n2: [{ name: 'a', pods: ['p'], gateway: 'n2' }] });
  });

  it('has a group without a gateway when the IP is on no Node: traffic of its Pods is dropped', () => {
    const cluster = new Cluster();
    cluster.put(pod('p'));
    cluster.route(egress('a'));
    expect(cluster.shown()).toEqual({ n1: [{ name: 'a', pods: ['p'] }] });
  });

  it('has no group without a gateway if unavailable is NodeIP: Pods leave from their Nodes', () => {
    const cluster = new Cluster();
    cluster.put(pod('p'));
    cluster.route(egress('a', { unavailable: 'NodeIP' }), gateway);
    expect(Object.keys(cluster.shown())).toEqual(['n1', 'n2']);
    cluster.route(egress('a', { unavailable: 'NodeIP' }));
    expect(cluster.shown()).toEqual({});
    expect(cluster.views.nodesOf('a')).toEqual([]);
  });

  it('gives the whole group except its resourceVersion', () => {
    const cluster = new Cluster();
    cluster.put(pod('p', { ips: ['10.244.1.11'] }));
    cluster.route(egress('a'), gateway);
    cluster.update();
    expect(cluster.seen.get('n1')?.get('a')).toEqual({
      apiVersion: 'controlplane.antrea.io/v1beta2',
      kind: 'EgressGroup',
      metadata: { name: 'a', uid: 'uid-a' },
      tunnelID: 1,
      egressIPs: ['192.168.77.200'],
      gateway,
      groupMembers: [{ pod: { namespace: 'default', name: 'p' }, ips: ['10.244.1.11'] }],
    });
  });

  it('touches no other Node when a Pod comes, and no list of members when the gateway moves', () => {
    const cluster = new Cluster();
    cluster.put(pod('p'), pod('q', { nodeName: 'n3' }));
    cluster.route(egress('a'), gateway);
    cluster.update();
    const before = cluster.seen.get('n3')?.get('a')?.groupMembers;
    cluster.put(pod('r'));
    expect([...cluster.update().keys()]).toEqual(['n1']);
    cluster.route(egress('a'), { ...gateway, nodeName: 'n3' });
    expect([...cluster.update().keys()].sort()).toEqual(['n1', 'n2', 'n3']);
    expect(cluster.shown().n2).toBeUndefined();
    expect(cluster.seen.get('n3')?.get('a')?.gateway?.nodeName).toBe('n3');
    expect(cluster.seen.get('n3')?.get('a')?.groupMembers).toBe(before);
  });

  it('has the views after any changes that it has of the last state alone', () => {
    const nodeName = fc.constantFrom('n1', 'n2', 'n3');
    const podArbitrary = fc
      .record({ name: fc.constantFrom('p', 'q', 'r'), nodeName, role: fc.constantFrom('a', 'b') })
      .map(({ name, role, ...rest }) => pod(name, { ...rest, labels: { role } }));
    const egressArbitrary = fc.record({
      name: fc.constantFrom('a', 'b'),
      unavailable: fc.constantFrom('Drop', 'NodeIP'),
      role: fc.constantFrom('a', 'b'),
      gatewayNode: fc.option(nodeName, { nil: undefined }),
      isGone: fc.boolean(),
    });
    const step = fc.record({ pods: fc.array(podArbitrary), egresses: fc.array(egressArbitrary) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const cluster = new Cluster();
        for (const { pods, egresses } of steps) {
          cluster.put(...pods);
          for (const { name, role, isGone, unavailable, gatewayNode } of egresses) {
            const appliedTo = { podSelector: { matchLabels: { role } } };
            if (isGone) {
              cluster.remove(name);
            } else {
              cluster.route(
                egress(name, { unavailable, appliedTo }),
                gatewayNode === undefined ? undefined : { ...gateway, nodeName: gatewayNode },
              );
            }
          }
          const shown = cluster.shown();
          const fresh = cluster.fresh();
          expect(shown).toEqual(fresh.shown());
          for (const name of ['a', 'b']) {
            expect(cluster.views.nodesOf(name)).toEqual(fresh.views.nodesOf(name));
          }
        }
      }),
    );
  });
});

/** An index with views, and a reader who looks only at the changes. */
class Cluster {
  readonly index = new GroupIndex();
  readonly views = new GroupViews(this.index, (name) => this.#routing.get(name));
  /** By Node and Egress. */
  readonly seen = new Map<string, Map<string, EgressGroupView>>();
  readonly #pods = new Map<string, Pod>();
  readonly #egresses = new Map<string, Egress>();
  readonly #routing = new Map<string, GroupRouting>();

  put(...pods: readonly Pod[]): void {
    for (const each of pods) {
      const key = podKey(each);
      this.#pods.set(key, each);
      this.index.apply({ kind: 'pod', key, after: each });
    }
  }

  route(each: Egress, gateway?: Gateway): void {
    this.#egresses.set(each.name, each);
    this.#routing.set(each.name, { tunnelID: 1, ...(gateway && { gateway }) });
    this.index.apply({ kind: 'egress', key: each.name, after: each });
  }

  remove(name: string): void {
    this.#egresses.delete(name);
    this.#routing.delete(name);
    this.index.apply({ kind: 'egress', key: name, after: undefined });
  }

  update(): ViewChanges {
    const changes = this.views.update(this.index.takeDirty());
    for (const [nodeName, onNode] of changes) {
      const seen = this.seen.get(nodeName) ?? new Map<string, EgressGroupView>();
      this.seen.set(nodeName, seen);
      for (const [name, view] of onNode) {
        if (view === undefined) {
          expect(seen.delete(name)).toBe(true);
        } else {
          seen.set(name, view);
        }
      }
      if (seen.size === 0) {
        this.seen.delete(nodeName);
      }
    }
    return changes;
  }

  shown(): Readonly<Record<string, unknown>> {
    this.update();
    return Object.fromEntries(
      [...this.seen].map(([nodeName, groups]) => [
        nodeName,
        [...groups.values()]
          .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
          .map((group) => ({
            name: group.metadata.name,
            pods: group.groupMembers.map((member) => member.pod.name),
            ...(group.gateway && { gateway: group.gateway.nodeName }),
          })),
      ]),
    );
  }

  /** The same objects, each of them new. */
  fresh(): Cluster {
    const fresh = new Cluster();
    fresh.put(...this.#pods.values());
    for (const each of this.#egresses.values()) {
      fresh.route(each, this.#routing.get(each.name)?.gateway);
    }
    return fresh;
  }
}

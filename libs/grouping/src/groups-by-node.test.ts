import type { Egress } from '@sallyport/api';
import { sampleEgress as egress, samplePod as pod } from '@sallyport/kit';
import type { GroupCache, GroupRouting } from './groups-by-node.ts';
import { groupsByNode } from './groups-by-node.ts';
import type { Pod } from './pod.ts';
import { resolveEgresses } from './resolve-egresses.ts';

const gateway = { nodeName: 'n2', nodeIP: '192.168.77.12' };

describe('groupsByNode', () => {
  it('shows each Node its own members, and the gateway its group without any', () => {
    const pods = [pod('p'), pod('q', { nodeName: 'n3' }), pod('r')];
    expect(grouped([egress('a')], pods, new Map([['a', gateway]]))).toEqual({
      n1: [{ name: 'a', pods: ['p', 'r'], gateway: 'n2' }],
      n2: [{ name: 'a', pods: [], gateway: 'n2' }],
      n3: [{ name: 'a', pods: ['q'], gateway: 'n2' }],
    });
  });

  it('shows the gateway its own members as well', () => {
    const pods = [pod('p', { nodeName: 'n2' })];
    expect(grouped([egress('a')], pods, new Map([['a', gateway]]))).toEqual({
      n2: [{ name: 'a', pods: ['p'], gateway: 'n2' }],
    });
  });

  it('has a group without a gateway when the IP is on no Node: traffic of its Pods is dropped', () => {
    expect(grouped([egress('a')], [pod('p')], new Map())).toEqual({
      n1: [{ name: 'a', pods: ['p'] }],
    });
  });

  it('has no group without a gateway if unavailable is NodeIP: Pods leave from their Nodes', () => {
    expect(grouped([egress('a', { unavailable: 'NodeIP' })], [pod('p')], new Map())).toEqual({});
  });

  it('sorts groups by name, and has no entry for Nodes without groups', () => {
    const egresses = [
      egress('b', { createdAtMs: 1, appliedTo: { podSelector: { matchLabels: { role: 'b' } } } }),
      egress('a', { createdAtMs: 2 }),
    ];
    expect(grouped(egresses, [pod('p'), pod('q', { labels: { role: 'b' } })], new Map())).toEqual({
      n1: [
        { name: 'a', pods: ['p'] },
        { name: 'b', pods: ['q'] },
      ],
    });
  });

  it('gives the whole group except its resourceVersion', () => {
    const resolved = resolveEgresses({
      egresses: [egress('a')],
      pods: [pod('p', { ips: ['10.244.1.11'] })],
      namespaces: [],
    });
    const views = groupsByNode(resolved, {
      tunnelIDs: new Map([['a', 7]]),
      gateways: new Map([['a', gateway]]),
    });
    expect(views.get('n1')).toEqual([
      {
        apiVersion: 'controlplane.antrea.io/v1beta2',
        kind: 'EgressGroup',
        metadata: { name: 'a', uid: 'uid-a' },
        tunnelID: 7,
        egressIPs: ['192.168.77.200'],
        gateway,
        groupMembers: [{ pod: { namespace: 'default', name: 'p' }, ips: ['10.244.1.11'] }],
      },
    ]);
  });

  it('gives the same objects again for the Egresses whose members and routing stay the same', () => {
    const resolved = resolveEgresses({
      egresses: [egress('a'), egress('b')],
      pods: [pod('p')],
      namespaces: [],
    });
    const tunnelIDs = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    const cache: GroupCache = new WeakMap();
    const viewsOn = (node: string, nodeNameOfA: string) => {
      const gateways = new Map([
        ['a', { ...gateway, nodeName: nodeNameOfA }],
        ['b', { ...gateway }],
      ]);
      const views = groupsByNode(resolved, { tunnelIDs, gateways }, cache);
      expect(views).toEqual(groupsByNode(resolved, { tunnelIDs, gateways }));
      return views.get(node) ?? [];
    };
    const [a, b] = viewsOn('n2', 'n2');
    const again = viewsOn('n2', 'n2');
    expect(again[0]).toBe(a);
    expect(again[1]).toBe(b);
    const [moved] = viewsOn('n2', 'n3');
    expect(moved).toBe(b);
    const [first] = viewsOn('n3', 'n3');
    expect(first?.gateway?.nodeName).toBe('n3');
  });
});

function grouped(
  egresses: readonly Egress[],
  pods: readonly Pod[],
  gateways: GroupRouting['gateways'],
): object {
  return Object.fromEntries(
    [
      ...groupsByNode(resolveEgresses({ egresses, pods, namespaces: [] }), {
        tunnelIDs: new Map(egresses.map(({ name }, index) => [name, index + 1])),
        gateways,
      }),
    ].map(([node, groups]) => [
      node,
      groups.map((group) => ({
        name: group.metadata.name,
        pods: group.groupMembers.map((member) => member.pod.name),
        ...(group.gateway === undefined ? {} : { gateway: group.gateway.nodeName }),
      })),
    ]),
  );
}

import {
  DEFAULT_TUNNEL_UDP_PORT,
  EGRESS_RULES,
  MAIN_TABLE,
  RP_FILTER_LOOSE,
  RULE_PRIORITIES,
} from './constants.ts';
import { defaultMarks, MAX_SNAT_IDS, packetMask } from './marks.ts';
import type { Plan, PlanInput } from './plan.ts';
import { planDataplane } from './plan-dataplane.ts';
import type { PolicyRule, RoutingState } from './routing-state.ts';
import type { GroupSketch } from './testing/scenario.ts';
import { egressGroup, network, node } from './testing/scenario.ts';

const pod = '10.244.1.11';
const here = { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', gateway: 'n1', pods: [pod] };
const there = { ...here, gateway: 'n2' };

describe('planDataplane', () => {
  it.each<[string, GroupSketch, string]>([
    ['translated when this Node is the gateway', here, 'translated 1'],
    ['redirected when another one is', there, 'redirected'],
    [
      'blocked when no Node is',
      { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', pods: [pod] },
      'blocked',
    ],
    [
      'blocked when there is no egress IP',
      { name: 'a', tunnelID: 7, gateway: 'n2', pods: [pod] },
      'blocked',
    ],
    [
      'blocked when the egress IP is of the other family',
      { ...here, egressIP: 'fd00::8' },
      'blocked',
    ],
  ])('has a Pod %s', (_, group, path) => {
    const planned = plan([group]);
    expect(pathsOf(planned)).toEqual({ [pod]: path });
    expect(planned.faults).toEqual([]);
  });

  it('needs no hop through OVS when this Node is the gateway of its own Pod', () => {
    const { gateways, redirects } = plan([here]).desired.bridge;
    expect(gateways).toEqual(new Map());
    expect(redirects).toEqual(new Map());
  });

  it('is a gateway for other Nodes also without Pods of its own', () => {
    const { translations } = plan([{ ...here, pods: [] }]).desired.bridge;
    expect(translations).toEqual(new Map([[7, 1]]));
  });

  it('leaves IPv6 addresses of Pods alone', () => {
    expect(pathsOf(plan([{ ...here, pods: ['fd00:1::b', pod] }]))).toEqual({
      [pod]: 'translated 1',
    });
  });

  it('gives Egresses that share an egress IP one SNAT id', () => {
    const planned = plan([here, { ...here, name: 'b', tunnelID: 8, pods: ['10.244.1.12'] }]);
    expect(pathsOf(planned)).toEqual({ [pod]: 'translated 1', '10.244.1.12': 'translated 1' });
    expect(planned.desired.netfilter.snatIds).toEqual(new Map([[1, '192.168.77.200']]));
  });

  it('keeps the SNAT ids of the rules, and assigns none that a rule still uses', () => {
    const snatIdsInUse = new Map([
      [3, '192.168.77.200'],
      [1, '192.168.77.250'],
    ]);
    const planned = plan(
      [here, { ...here, name: 'b', tunnelID: 8, egressIP: '192.168.77.201', pods: [] }],
      { snatIdsInUse },
    );
    expect(planned.desired.netfilter.snatIds).toEqual(
      new Map([
        [2, '192.168.77.201'],
        [3, '192.168.77.200'],
      ]),
    );
  });

  it('blocks Egresses beyond 255 egress IPs with a fault, without touching the others', () => {
    const sketches = Array.from({ length: MAX_SNAT_IDS + 1 }, (_, index) => ({
      name: `e${String(index).padStart(3, '0')}`,
      tunnelID: index + 1,
      egressIP: `10.9.${Math.floor(index / 256)}.${index % 256}`,
      gateway: 'n1',
      pods: [`10.244.${Math.floor(index / 256)}.${index % 256}`],
    }));
    const planned = plan(sketches);
    const { paths, snatIds } = planned.desired.netfilter;
    expect([...paths.values()].filter(({ kind }) => kind === 'blocked')).toHaveLength(1);
    expect(snatIds.size).toBe(MAX_SNAT_IDS);
    expect(planned.faults.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'there is no SNAT id left for 10.9.0.99, as a Node can have 255 egress IPs',
      ),
    ]);
  });

  it('blocks an address that Pods of two Egresses have, until one of them is gone', () => {
    const planned = plan([there, { ...here, name: 'b', tunnelID: 8 }]);
    expect(pathsOf(planned)).toEqual({ [pod]: 'blocked' });
    const message = expect.stringContaining(`Traffic of ${pod} is dropped`) as string;
    expect(planned.faults).toEqual([
      { egress: 'b', message },
      { egress: 'a', message },
    ]);
  });

  it('takes two Pods of one Egress with one address for an old and a new one', () => {
    const planned = plan([{ ...here, pods: [pod, pod] }]);
    expect(pathsOf(planned)).toEqual({ [pod]: 'translated 1' });
    expect(planned.faults).toEqual([]);
  });

  it('names Pods whose addresses are in no Pod CIDR', () => {
    const ips = ['10.250.0.1', '10.250.0.2', '10.250.0.3', '10.250.0.4'];
    const planned = plan([{ ...there, pods: [pod, ...ips] }]);
    expect(planned.faults).toEqual([
      {
        egress: there.name,
        message: expect.stringMatching(
          /in no Pod CIDR: .*\(10\.250\.0\.1\), .*\(10\.250\.0\.3\) and 1 more\. .*--pod-cidrs/,
        ) as string,
      },
    ]);
  });

  it('blocks the second of two Egresses with one tunnel id', () => {
    const planned = plan([there, { ...there, name: 'b', gateway: 'n3', pods: ['10.244.1.12'] }]);
    expect(pathsOf(planned)).toEqual({ [pod]: 'redirected', '10.244.1.12': 'blocked' });
    expect(planned.faults).toEqual([
      {
        egress: 'b',
        message: expect.stringContaining('it has the tunnel id of Egress a') as string,
      },
    ]);
  });

  it('blocks an Egress that would need a tunnel over IPv6', () => {
    const group = { ...egressGroup(there), gateway: { nodeName: 'n2', nodeIP: 'fd00::12' } };
    const planned = planDataplane({
      groups: [group],
      network,
      node,
      marks: defaultMarks,
      tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
      snatIdsInUse: new Map(),
    });
    expect(pathsOf(planned)).toEqual({ [pod]: 'blocked' });
    expect(planned.faults).toEqual([
      {
        egress: 'a',
        message: expect.stringContaining('fd00::12 of its gateway n2 is not IPv4') as string,
      },
    ]);
  });

  it('counts Pods, Services and Nodes, itself among them, as internal; not IPv6, and not everything', () => {
    const planned = plan([], {
      network: {
        ...network,
        nodes: [],
        podCIDRs: ['10.244.0.0/16', 'fd00:1::/64', '0.0.0.0/0', 'x'],
        serviceCIDRs: [],
      },
    });
    expect([...planned.desired.netfilter.internal]).toEqual([
      '10.244.0.0/16',
      '169.254.0.0/16',
      '192.168.77.11/32',
    ]);
    expect(planned.faults.map(({ message }) => message)).toEqual([
      "The cluster's network 0.0.0.0/0 is ignored: expected a CIDR such as 10.244.0.0/16.",
      "The cluster's network x is ignored: expected a CIDR such as 10.244.0.0/16.",
    ]);
  });

  it('does not depend on the order of groups and members', () => {
    const groups = [
      here,
      { ...there, name: 'b', tunnelID: 8, pods: ['10.244.1.13', '10.244.1.12'] },
    ];
    const backwards = groups
      .toReversed()
      .map((group) => ({ ...group, pods: group.pods.toReversed() }));
    expect(plan(backwards)).toEqual(plan(groups));
  });
});

describe('an egress IP that the Node routes by a rule of its own', () => {
  const second = { ...here, egressIP: '10.99.0.50' };
  const sourceRules = [
    { family: 'IPv4', priority: 600, from: '10.99.0.50/32', table: 101 },
    { family: 'IPv4', priority: 500, from: '10.99.0.0/24', table: 100 },
  ] as const;
  const devices = new Map([['10.99.0.50', 'eth1']]);
  const mask = packetMask(defaultMarks);

  it('leaves by the tables of the rules that match it, in their order', () => {
    const { routing } = plan([second], { node: { ...node, sourceRules, devices } }).desired;
    expect(egressRulesOf(routing)).toEqual([
      { family: 'IPv4', mark: 1, mask, table: 100, priority: 1002 },
      { family: 'IPv4', mark: 1, mask, table: 101, priority: 1003 },
      { family: 'IPv4', mark: 1, mask, table: MAIN_TABLE, priority: 1004 },
    ]);
  });

  it('has replies there that no strict check of sources drops', () => {
    const { routing } = plan([second], { node: { ...node, sourceRules, devices } }).desired;
    expect(routing.sourceChecks).toEqual(new Map([['eth1', RP_FILTER_LOOSE]]));
  });

  it('leaves by the main table where rules are for other sources, such as Pods', () => {
    const ofPods = [{ family: 'IPv4', priority: 1536, from: `${pod}/32`, table: 2 }] as const;
    const { routing } = plan([here], { node: { ...node, sourceRules: ofPods } }).desired;
    expect(egressRulesOf(routing)).toEqual([
      { family: 'IPv4', mark: 1, mask, table: MAIN_TABLE, priority: 1002 },
    ]);
    expect(routing.sourceChecks).toEqual(new Map());
  });

  it('needs no rule where the Node has none, or where another Node is the gateway', () => {
    expect(egressRulesOf(plan([here]).desired.routing)).toEqual([]);
    const elsewhere = plan([{ ...second, gateway: 'n2' }], { node: { ...node, sourceRules } });
    expect(egressRulesOf(elsewhere.desired.routing)).toEqual([]);
  });

  it('has so many rules at most', () => {
    const many = Array.from({ length: 20 }, (_, table) => ({ ...sourceRules[0], table }));
    const { routing } = plan([second], { node: { ...node, sourceRules: many } }).desired;
    const rules = egressRulesOf(routing);
    expect(rules.length).toBe(EGRESS_RULES);
    expect(rules.at(-1)?.table).toBe(MAIN_TABLE);
  });

  function egressRulesOf({ rules }: RoutingState): readonly PolicyRule[] {
    return rules.filter(({ priority }) => priority >= RULE_PRIORITIES.egress);
  }
});

function plan(
  groups: readonly GroupSketch[],
  rest: Partial<Pick<PlanInput, 'snatIdsInUse' | 'network' | 'node'>> = {},
): Plan {
  return planDataplane({
    groups: groups.map(egressGroup),
    network,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    snatIdsInUse: new Map(),
    ...rest,
  });
}

/** The egress path of each Pod in short. */
function pathsOf({ desired }: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...desired.netfilter.paths].map(([ip, path]) => [
      ip,
      path.kind === 'translated' ? `translated ${path.snatId}` : path.kind,
    ]),
  );
}

import type { ClusterNetwork } from '@sallyport/api';
import { DEFAULT_TUNNEL_UDP_PORT, FORWARD_CHAIN, POSTROUTING_CHAIN } from './constants.ts';
import { natGuards } from './desired-iptables.ts';
import { diffDataplane } from './diff-dataplane.ts';
import { defaultMarks, MAX_SNAT_IDS } from './marks.ts';
import type { Plan } from './plan-dataplane.ts';
import { planDataplane } from './plan-dataplane.ts';
import { renderSnatRule } from './snat-rules.ts';
import type { DataplaneState } from './state.ts';
import { applyOperation, emptyState, emptyWorld } from './testing/index.ts';
import type { GroupSketch } from './testing/scenario.ts';
import { egressGroup, network, node } from './testing/scenario.ts';

const pod = '10.244.1.11';
const here = { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', gateway: 'n1', pods: [pod] };
const there = { ...here, gateway: 'n2' };

describe('planDataplane', () => {
  it.each<[string, GroupSketch, string]>([
    ['a SNAT id when this Node is the gateway', here, '0x1'],
    ['redirect when another one is', there, '0x1000'],
    [
      'drop when no Node is',
      { name: 'a', tunnelID: 7, egressIP: '192.168.77.200', pods: [pod] },
      '0x400',
    ],
    [
      'drop when there is no egress IP',
      { name: 'a', tunnelID: 7, gateway: 'n2', pods: [pod] },
      '0x400',
    ],
    ['drop when the egress IP is of the other family', { ...here, egressIP: 'fd00::8' }, '0x400'],
  ])('marks a Pod with %s', (_, group, mark) => {
    const planned = plan([group]);
    expect(marksOf(planned)).toEqual({ [pod]: mark });
    expect(planned.faults).toEqual([]);
  });

  it('needs no hop through OVS when this Node is the gateway of its own Pod', () => {
    const { ovs } = plan([here]).desired;
    expect(ovs.groups).toEqual([]);
    expect(ovs.flows.filter(({ match }) => match.includes(pod))).toEqual([]);
  });

  it('is a gateway for other Nodes also without Pods of its own', () => {
    const { ovs } = plan([{ ...here, pods: [] }]).desired;
    expect(ovs.flows.filter(({ match }) => match.includes('tun_id=0x7'))).toHaveLength(2);
  });

  it('has its tunnel on the UDP port that it is told, and changes that of a bridge that is there', () => {
    const to = (tunnelUdpPort: number, actual: DataplaneState): Plan =>
      planDataplane({ groups: [], network, node, marks: defaultMarks, tunnelUdpPort, actual });
    const actual = to(6081, emptyState).desired;
    const { desired } = to(6082, actual);
    expect(desired.ovs.bridge?.ports[0]).toMatchObject({
      name: 'egress-tun0',
      options: { dst_port: '6082' },
    });
    expect(diffDataplane(actual, desired, defaultMarks)).toEqual([
      { op: 'delete-port', name: 'egress-tun0' },
      { op: 'ensure-bridge', ports: desired.ovs.bridge?.ports },
    ]);
  });

  it('leaves IPv6 addresses of Pods alone', () => {
    expect(marksOf(plan([{ ...here, pods: ['fd00:1::b', pod] }]))).toEqual({ [pod]: '0x1' });
  });

  it('gives Egresses that share an egress IP one SNAT id', () => {
    const planned = plan([here, { ...here, name: 'b', tunnelID: 8, pods: ['10.244.1.12'] }]);
    expect(marksOf(planned)).toEqual({ [pod]: '0x1', '10.244.1.12': '0x1' });
    expect(snatRulesOf(planned)).toEqual([renderSnatRule(1, '192.168.77.200', defaultMarks)]);
  });

  it('reads SNAT ids back from the rules, and gives none out that a rule still uses', () => {
    const actual = withSnatRules([
      renderSnatRule(3, '192.168.77.200', defaultMarks),
      renderSnatRule(1, '192.168.77.250', defaultMarks),
    ]);
    const planned = plan(
      [here, { ...here, name: 'b', tunnelID: 8, egressIP: '192.168.77.201', pods: [] }],
      { actual },
    );
    expect(snatRulesOf(planned)).toEqual([
      renderSnatRule(2, '192.168.77.201', defaultMarks),
      renderSnatRule(3, '192.168.77.200', defaultMarks),
    ]);
  });

  it('drops what is beyond 255 egress IPs and says so, without touching the others', () => {
    const sketches = Array.from({ length: MAX_SNAT_IDS + 1 }, (_, index) => ({
      name: `e${String(index).padStart(3, '0')}`,
      tunnelID: index + 1,
      egressIP: `10.9.${Math.floor(index / 256)}.${index % 256}`,
      gateway: 'n1',
      pods: [`10.244.${Math.floor(index / 256)}.${index % 256}`],
    }));
    const planned = plan(sketches);
    const dropped = [...(planned.desired.ipsets.pods ?? [])].filter(
      ([, { mark }]) => mark === defaultMarks.drop,
    );
    expect(dropped).toHaveLength(1);
    expect(snatRulesOf(planned)).toHaveLength(MAX_SNAT_IDS);
    expect(planned.faults.map(({ message }) => message)).toEqual([
      expect.stringContaining(
        'there is no SNAT id left for 10.9.0.99, as a Node can have 255 egress IPs',
      ),
    ]);
  });

  it('drops the traffic of an address that Pods of two Egresses claim, until one of them goes', () => {
    const planned = plan([there, { ...here, name: 'b', tunnelID: 8 }]);
    expect(marksOf(planned)).toEqual({ [pod]: '0x400' });
    const message = expect.stringContaining(`Traffic of ${pod} is dropped`) as string;
    expect(planned.faults).toEqual([
      { egress: 'b', message },
      { egress: 'a', message },
    ]);
  });

  it('takes two Pods of one Egress with one address for what they are: an old and a new one', () => {
    const planned = plan([{ ...here, pods: [pod, pod] }]);
    expect(marksOf(planned)).toEqual({ [pod]: '0x1' });
    expect(planned.faults).toEqual([]);
  });

  it('drops the traffic of the second of two Egresses with one tunnel id', () => {
    const planned = plan([there, { ...there, name: 'b', gateway: 'n3', pods: ['10.244.1.12'] }]);
    expect(marksOf(planned)).toEqual({ [pod]: '0x1000', '10.244.1.12': '0x400' });
    expect(planned.faults).toEqual([
      {
        egress: 'b',
        message: expect.stringContaining('it has the tunnel id of Egress a') as string,
      },
    ]);
  });

  it('drops what would need a tunnel over IPv6', () => {
    const group = { ...egressGroup(there), gateway: { nodeName: 'n2', nodeIP: 'fd00::12' } };
    const planned = planDataplane({
      groups: [group],
      network,
      node,
      marks: defaultMarks,
      tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
      actual: emptyState,
    });
    expect(marksOf(planned)).toEqual({ [pod]: '0x400' });
    expect(planned.faults).toEqual([
      {
        egress: 'a',
        message: expect.stringContaining('fd00::12 of its gateway n2 is not IPv4') as string,
      },
    ]);
  });

  it('keeps Pods, Services and Nodes, itself among them, out of the tunnel; not IPv6, and not everything', () => {
    const planned = plan([], {
      network: {
        ...network,
        nodes: [],
        podCIDRs: ['10.244.0.0/16', 'fd00:1::/64', '0.0.0.0/0', 'x'],
        serviceCIDRs: [],
      },
    });
    expect([...(planned.desired.ipsets.skip ?? [])]).toEqual([
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

describe('diffDataplane, by example', () => {
  const converged = (groups: readonly GroupSketch[]): DataplaneState =>
    diffDataplane(emptyState, plan(groups).desired, defaultMarks).reduce(
      applyOperation,
      emptyWorld(node.ip),
    ).state;

  it('changes one group, and nothing else, when an egress IP moves to another Node', () => {
    const actual = converged([there]);
    const steps = diffDataplane(
      actual,
      plan([{ ...there, gateway: 'n3' }], { actual }).desired,
      defaultMarks,
    );
    expect(steps).toMatchObject([
      {
        op: 'ovs-bundle',
        changes: [
          {
            change: 'modify-group',
            group: { id: 7, buckets: [expect.stringContaining('192.168.77.13->tun_dst')] },
          },
        ],
      },
    ]);
  });

  it.each([
    ['to its own Node', there, here],
    ['from its own Node', here, there],
  ])('cuts a Pod off for a moment when its egress IP moves %s: its mark changes', (_, from, to) => {
    const actual = converged([from]);
    const marks = diffDataplane(actual, plan([to], { actual }).desired, defaultMarks)
      .flatMap((step) => (step.op === 'ipset-restore' ? step.changes : []))
      .map((change) => (change.change === 'set-pod' ? change.mark.mark : change.change));
    expect(marks).toEqual([defaultMarks.drop, to === here ? 0x1 : defaultMarks.redirect]);
  });

  it('does not cut a Pod off that joins another Egress, when the gateways of both are other Nodes', () => {
    const actual = converged([there]);
    const other = { ...there, name: 'b', tunnelID: 8, egressIP: '192.168.77.201', gateway: 'n3' };
    const steps = diffDataplane(actual, plan([other], { actual }).desired, defaultMarks);
    expect(steps.map(({ op }) => op)).toEqual(['ovs-bundle', 'ovs-bundle']);
  });

  it('only touches the sets when a Pod joins an Egress of this Node', () => {
    const actual = converged([here]);
    const steps = diffDataplane(
      actual,
      plan([{ ...here, pods: [pod, '10.244.1.12'] }], { actual }).desired,
      defaultMarks,
    );
    expect(steps).toEqual([
      {
        op: 'ipset-restore',
        changes: [{ change: 'set-pod', ip: '10.244.1.12', mark: { mark: 0x400, mask: 0x1cff } }],
      },
      {
        op: 'forget-connections',
        connections: [
          expect.objectContaining({ of: 'pod', ip: '10.244.1.12', keep: '192.168.77.200' }),
        ],
      },
      {
        op: 'ipset-restore',
        changes: [{ change: 'set-pod', ip: '10.244.1.12', mark: { mark: 0x1, mask: 0x1cff } }],
      },
    ]);
  });

  it('gives a Pod that an Egress leaves without a gateway no mark but drop', () => {
    const actual = converged([here]);
    const steps = diffDataplane(
      actual,
      plan([{ name: 'a', tunnelID: 7, egressIP: '192.168.77.200', pods: [pod] }], { actual })
        .desired,
      defaultMarks,
    );
    expect(steps.filter(({ op }) => op === 'ipset-restore')).toEqual([
      {
        op: 'ipset-restore',
        changes: [{ change: 'set-pod', ip: pod, mark: { mark: 0x400, mask: 0x1cff } }],
      },
    ]);
  });

  it('removes nothing that it does not know: rules of others in our chains go, chains of others are not in the state', () => {
    const actual = converged([here]);
    const chains = actual.iptables.chains.map((chain) =>
      chain.table === 'filter' ? { ...chain, rules: ['-j DROP', ...chain.rules] } : chain,
    );
    const steps = diffDataplane(
      { ...actual, iptables: { ...actual.iptables, chains } },
      plan([here], { actual }).desired,
      defaultMarks,
    );
    // The rule of somebody else moves behind ours, and goes when nothing is steered by it.
    expect(steps.map(({ op }) => op)).toEqual(['iptables-restore', 'iptables-restore']);
    expect(JSON.stringify(steps[1])).not.toContain('-j DROP"],"name":"' + FORWARD_CHAIN);
  });
});

function plan(
  groups: readonly GroupSketch[],
  rest: { actual?: DataplaneState; network?: ClusterNetwork } = {},
): Plan {
  return planDataplane({
    groups: groups.map(egressGroup),
    network,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    actual: emptyState,
    ...rest,
  });
}

/** The marks of the Pods, as ipset prints them, without the mask. */
function marksOf({ desired }: Plan): object {
  return Object.fromEntries(
    [...(desired.ipsets.pods ?? [])].map(([ip, { mark }]) => [ip, `0x${mark.toString(16)}`]),
  );
}

function snatRulesOf({ desired }: Plan): readonly string[] {
  return (
    desired.iptables.chains
      .find(({ name }) => name === POSTROUTING_CHAIN)
      ?.rules.filter((rule) => rule.includes('SNAT')) ?? []
  );
}

function withSnatRules(rules: readonly string[]): DataplaneState {
  return {
    ...emptyState,
    iptables: {
      chains: [
        { table: 'nat', name: POSTROUTING_CHAIN, rules: [...natGuards(defaultMarks), ...rules] },
      ],
      jumps: [],
    },
  };
}

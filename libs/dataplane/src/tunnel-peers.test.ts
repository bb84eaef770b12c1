import type { ClusterNetwork } from '@sallyport/api';
import { DEFAULT_TUNNEL_UDP_PORT } from './constants.ts';
import { defaultMarks } from './marks.ts';
import { planDataplane } from './plan-dataplane.ts';
import type { OvsState } from './state.ts';
import type { OvsOutcome, OvsPacket } from './testing/evaluate-flows.ts';
import { evaluateFlows } from './testing/evaluate-flows.ts';
import { emptyState } from './testing/index.ts';
import { egressGroup, network, node } from './testing/scenario.ts';

const groups = [
  { name: 'here', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [] },
  { name: 'there', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n2', pods: ['10.244.1.11'] },
].map(egressGroup);

const nodes = [
  ...network.nodes,
  { name: 'n4', ips: ['192.168.77.14', '10.9.9.14', 'fd00::14'] },
  { name: 'n5', ips: ['-1,actions=output:2'] },
];
const ovs = planned({ ...network, nodes });

const fromTunnel: OvsPacket = {
  inPort: 1,
  source: '10.244.2.21',
  tunnelID: 70,
  tunnelSource: '192.168.77.12',
  tunnelDestination: node.ip,
};
const nowhere: OvsOutcome = { to: 'nowhere' };

describe('the tunnel', () => {
  it.each<[string, Partial<OvsPacket>, OvsOutcome]>([
    ['takes a request of another Node', {}, { to: 'gateway-port', mark: 1 }],
    [
      'takes it from any address that the Node has',
      { tunnelSource: '10.9.9.14' },
      { to: 'gateway-port', mark: 1 },
    ],
    ['takes a reply of another Node', { tunnelID: 0 }, { to: 'gateway-port', mark: 0 }],
    ['takes no request from a stranger', { tunnelSource: '192.168.77.66' }, nowhere],
    ['takes no reply from a stranger', { tunnelID: 0, tunnelSource: '192.168.77.66' }, nowhere],
    ['takes nothing from the Node itself', { tunnelSource: node.ip }, nowhere],
    ['takes no request for an Egress that is elsewhere', { tunnelID: 71 }, nowhere],
    [
      'takes no reply that is for another address',
      { tunnelID: 0, tunnelDestination: '192.168.77.200' },
      nowhere,
    ],
    [
      'sends from the address that the others know',
      { inPort: 2, source: '10.244.1.11', tunnelID: 0, tunnelSource: '' },
      { to: 'tunnel', tunnelID: 71, ownIP: node.ip, nodeIP: '192.168.77.12', mark: 0 },
    ],
  ])('%s', (_, part, outcome) => {
    expect(evaluateFlows(ovs, { ...fromTunnel, ...part })).toEqual(outcome);
  });

  it('sends replies from that address, too', () => {
    const reply = ovs.flows.find(({ match }) => match.includes('+rpl'));
    expect(reply?.actions).toContain(`set_field:${node.ip}->tun_src`);
  });

  it('has one flow for each address of another Node, however many Egresses there are', () => {
    expect(
      ovs.flows.filter(({ match }) => match.includes('tun_src')).map(({ match }) => match),
    ).toEqual([
      'ip,tun_src=10.9.9.14,in_port=1',
      'ip,tun_src=192.168.77.12,in_port=1',
      'ip,tun_src=192.168.77.13,in_port=1',
      'ip,tun_src=192.168.77.14,in_port=1',
    ]);
  });
});

function planned(to: ClusterNetwork): OvsState {
  return planDataplane({
    groups,
    network: to,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    actual: emptyState,
  }).desired.ovs;
}

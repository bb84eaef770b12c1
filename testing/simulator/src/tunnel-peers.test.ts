import type { ClusterNetwork } from '@sallyport/api';
import { defaultMarks } from '@sallyport/dataplane';
import { network, node } from '@sallyport/dataplane/testing';
import type { OvsState } from '@sallyport/ovs';
import { renderBridge } from '@sallyport/ovs';
import type { OvsOutcome, OvsPacket } from '@sallyport/ovs/testing';
import { evaluateFlows } from '@sallyport/ovs/testing';
import { planFor } from './plan.ts';
import { emptyWorld } from './world.ts';

const groups = [
  { name: 'here', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: [] },
  { name: 'there', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n2', pods: ['10.244.1.11'] },
];

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
const dropped: OvsOutcome = { kind: 'dropped' };

describe('the tunnel', () => {
  it.each<[string, Partial<OvsPacket>, OvsOutcome]>([
    ['accepts a request of another Node', {}, { kind: 'gateway-port', mark: 1 }],
    [
      'accepts it from any address of the Node',
      { tunnelSource: '10.9.9.14' },
      { kind: 'gateway-port', mark: 1 },
    ],
    [
      'accepts a reply of another Node',
      { tunnelID: 0 },
      { kind: 'gateway-port', mark: defaultMarks.redirect },
    ],
    ['accepts no request from a host that is no Node', { tunnelSource: '192.168.77.66' }, dropped],
    [
      'accepts no reply from a host that is no Node',
      { tunnelID: 0, tunnelSource: '192.168.77.66' },
      dropped,
    ],
    ['accepts nothing from the Node itself', { tunnelSource: node.ip }, dropped],
    ['accepts no request for an Egress of another gateway', { tunnelID: 71 }, dropped],
    [
      'accepts no reply to another address',
      { tunnelID: 0, tunnelDestination: '192.168.77.200' },
      dropped,
    ],
    [
      'sends from the address that other Nodes know',
      { inPort: 2, source: '10.244.1.11', tunnelID: 0, tunnelSource: '' },
      { kind: 'tunnel', tunnelID: 71, ownIP: node.ip, nodeIP: '192.168.77.12', mark: 0 },
    ],
  ])('%s', (_, part, outcome) => {
    expect(evaluateFlows(ovs, { ...fromTunnel, ...part })).toEqual(outcome);
  });

  it('sends replies from that address as well', () => {
    const reply = ovs.flows.find(({ match }) => match.includes('+rpl'));
    expect(reply?.actions).toContain(`set_field:${node.ip}->tun_src`);
  });

  it('has one flow for each address of another Node, with any number of Egresses', () => {
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
  return renderBridge(planFor(emptyWorld(node.ip), groups, to).desired.bridge, defaultMarks);
}

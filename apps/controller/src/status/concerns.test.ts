import { concerns } from './concerns.ts';

// The sentences of libs/dataplane, joined as apps/agent does.
const SNAT =
  'Traffic of Egress web is dropped on Node n1: there is no SNAT id left for 192.0.2.10, as a Node can have 255 egress IPs; move some to another Node.';
const TUNNEL = 'Traffic of Egress web is dropped on Node n1: it has the tunnel id of Egress db.';
const ADDRESS =
  'Traffic of 10.244.1.5 is dropped: Pod prod/p of Egress web and a Pod of Egress db both have this address; one of them has to go.';
const NETWORK = "The cluster's network x is ignored: expected a CIDR such as 10.244.0.0/16.";

describe('concerns', () => {
  it.each<[string, string, string, boolean]>([
    ['a fault of the Egress', SNAT, 'web', true],
    ['a fault of an Egress whose name this one begins', SNAT, 'we', false],
    ['a fault of an Egress whose name this one ends', SNAT, 'b', false],
    ['a fault of another', SNAT, 'db', false],
    ['a tunnel id that another has first', TUNNEL, 'db', false],
    ['an address that both of two claim', ADDRESS, 'db', true],
    ['faults of others only', `${SNAT} ${TUNNEL} ${ADDRESS}`, 'mail', false],
    ['a fault of the Egress after one of others', `${ADDRESS} ${SNAT.replace('web', 'mail')}`, 'mail', true],
    ['a fault of the network', NETWORK, 'web', true],
    ['a fault of the network after one of others', `${SNAT} ${NETWORK}`, 'mail', true],
    ['a command that failed', 'ipset: exit status 1: Egress db is not a command', 'web', true],
  ])('is right about %s', (_, failure, egress, expected) => {
    expect(concerns(failure, egress)).toBe(expected);
  });
});

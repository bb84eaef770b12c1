import { FORWARD_CHAIN, GATEWAY_PORT, PREROUTING_CHAIN } from '@sallyport/dataplane';
import type { Packet, Verdict } from '@sallyport/netfilter/testing';
import { evaluateChain } from '@sallyport/netfilter/testing';
import { realized } from './plan.ts';

// A Pod that makes tunnel packets by hand: where it sends them, and where they would come out.

const world = realized([
  { name: 'here', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: ['10.244.1.11'] },
]);
const peer = '192.168.77.12';
const external = '203.0.113.10';
const base = { mark: 0, connmark: 0, ctState: 'NEW' } as const;
const CONNMARK_BACK = 0x2000;

describe('on the way to a tunnel port', () => {
  const toPeer: Packet = {
    ...base,
    source: '10.244.1.99',
    destination: peer,
    inDevice: 'pod',
    outDevice: 'eth0',
    udpPort: 6081,
  };

  it.each<[string, Partial<Packet>, Verdict['kind']]>([
    ['of a Node is dropped', {}, 'drop'],
    ['of a Node is dropped with the forged address of a third Node', { source: peer }, 'drop'],
    ['of a Pod is not touched', { destination: '10.244.2.21' }, 'continue'],
    ['of an external host is not touched', { destination: external }, 'continue'],
    ['is all that is dropped: another port is not', { udpPort: 8472 }, 'continue'],
  ])('a forwarded packet %s', (_, part, verdict) => {
    expect(forward({ ...toPeer, ...part })).toBe(verdict);
  });
});

describe('at the tunnel port of this Node', () => {
  const arriving: Packet = {
    ...base,
    source: peer,
    destination: '192.168.77.11',
    inDevice: 'eth0',
    udpPort: 6081,
    toNode: true,
  };

  it('a packet with a forged Node address is dropped', () => {
    expect(prerouting({ ...arriving, inDevice: 'pod', forged: true }).verdict.kind).toBe('drop');
  });

  it('a packet of a Node is accepted and not tracked', () => {
    const { verdict, packet } = prerouting(arriving);
    expect([verdict.kind, packet.ctState]).toEqual(['continue', 'INVALID']);
  });

  it('a packet of another host stays tracked', () => {
    expect(prerouting({ ...arriving, source: external }).packet.ctState).toBe('NEW');
  });
});

describe('out of the tunnel', () => {
  const request: Packet = {
    ...base,
    source: '10.244.2.21',
    destination: external,
    inDevice: GATEWAY_PORT.name,
    outDevice: 'eth0',
    mark: 1,
    connmark: CONNMARK_BACK,
  };

  it.each<[string, Partial<Packet>, Verdict['kind']]>([
    ['a Pod reaches the external network', {}, 'continue'],
    ['nobody reaches a Pod', { destination: '10.244.1.11' }, 'drop'],
    ['nobody reaches a Node', { destination: peer }, 'drop'],
    ['nobody reaches a Service', { destination: '10.96.0.10' }, 'drop'],
    ['no Node has an egress IP', { source: peer }, 'drop'],
    ['no host of another network has an egress IP', { source: '198.51.100.7' }, 'drop'],
    [
      'a reply that belongs to no connection is dropped',
      { mark: 0, connmark: 0, source: external, destination: '10.244.1.11' },
      'drop',
    ],
    [
      'a reply that conntrack does not know is dropped',
      { mark: 0, connmark: 0, ctState: 'INVALID', source: external, destination: '10.244.1.11' },
      'drop',
    ],
  ])('%s', (_, part, verdict) => {
    expect(forward({ ...request, ...part })).toBe(verdict);
  });
});

function forward(packet: Packet): Verdict['kind'] {
  return evaluateChain(world, { table: 'mangle', name: FORWARD_CHAIN }, packet).verdict.kind;
}

function prerouting(packet: Packet): ReturnType<typeof evaluateChain> {
  return evaluateChain(world, { table: 'raw', name: PREROUTING_CHAIN }, packet);
}

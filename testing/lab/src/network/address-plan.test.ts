import { egressIP, isPodIP, nodeAddresses } from './address-plan.ts';

describe('nodeAddresses', () => {
  it('gives each Node its name, LAN address and Pod CIDR', () => {
    expect(nodeAddresses(2)).toEqual([
      { name: 'n1', ip: '192.168.77.11', podCIDR: '10.244.1.0/24' },
      { name: 'n2', ip: '192.168.77.12', podCIDR: '10.244.2.0/24' },
    ]);
  });

  it.each([0, 51, 1.5])('has no room for %p Nodes', (count) => {
    expect(() => nodeAddresses(count)).toThrow(RangeError);
  });

  it('keeps egress IPs apart from Nodes, load balancer and router, however many there are', () => {
    const nodes = nodeAddresses(50).map(({ ip }) => ip);
    const egressIPs = Array.from({ length: 40 }, (_, index) => egressIP(index));
    const all = [
      ...nodes,
      ...egressIPs,
      '192.168.77.1',
      '192.168.77.2',
      '192.168.77.250',
      '192.168.77.254',
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('has 40 egress IPs', () => {
    expect(() => egressIP(40)).toThrow(RangeError);
  });
});

it('knows a Pod IP', () => {
  expect([isPodIP('10.244.3.2'), isPodIP('192.168.77.11')]).toEqual([true, false]);
});

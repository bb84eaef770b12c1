import { BlockList } from 'node:net';
import fc from 'fast-check';
import { cidrSet } from './cidr-set.ts';

describe('cidrSet', () => {
  it('has the same addresses as a BlockList', () => {
    // Few different bits, so that addresses are in and out of the CIDRs.
    const ip = fc
      .tuple(
        fc.constantFrom(10, 255),
        fc.constantFrom(0, 244),
        fc.constantFrom(0, 1, 255),
        fc.nat(3),
      )
      .map((bytes) => bytes.join('.'));
    const cidr = fc.tuple(ip, fc.nat({ max: 32 }));
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 5 }), fc.array(ip), (cidrs, ips) => {
        const list = new BlockList();
        for (const [address, length] of cidrs) {
          list.addSubnet(address, length);
        }
        const has = cidrSet(cidrs.map(([address, length]) => `${address}/${length}`));
        expect(ips.filter((one) => has(one))).toEqual(ips.filter((one) => list.check(one)));
      }),
    );
  });

  it('takes both families, and an address without a length', () => {
    const has = cidrSet(['2001:db8::/32', 'fd00::7', '10.0.0.0/8', '192.168.77.11']);
    const ips = ['2001:db8:1::1', '2001:db9::1', 'fd00::7', 'fd00::8', '10.1.1.1', '192.168.77.11'];
    expect(ips.filter((ip) => has(ip))).toEqual([
      '2001:db8:1::1',
      'fd00::7',
      '10.1.1.1',
      '192.168.77.11',
    ]);
  });
});

import type { rt } from 'netlink';
import { bytesFromIp } from './inet.ts';
import { interfaceAddressesFor } from './interface-address.ts';

const links: readonly rt.LinkMessage[] = [
  { kind: 'link', data: { index: 2, flags: { up: true } }, attrs: { ifname: 'eth0', mtu: 1500 } },
];

describe('interfaceAddressesFor', () => {
  it.each<[string, rt.AddressFlags, boolean]>([
    ['has an IPv6 address', { permanent: true }, true],
    [
      'has one that may be used before the kernel is sure',
      { tentative: true, optimistic: true },
      true,
    ],
    ['leaves one out that the kernel still asks for', { tentative: true }, false],
    ['leaves one out that another host has', { permanent: true, dadfailed: true }, false],
  ])('%s', (_, flags, kept) => {
    const address: rt.AddressMessage = {
      kind: 'address',
      data: { family: 10, index: 2, prefixlen: 64, flags },
      attrs: { address: bytesFromIp('fd00:77::200') },
    };
    expect(interfaceAddressesFor(links, [address])).toEqual(
      kept ? [{ ip: 'fd00:77::200', device: 'eth0', up: true, loopback: false, mtu: 1500 }] : [],
    );
  });
});

import { bytesFromIp, ipFromBytes, prefixFromCidr } from './inet.ts';

describe('the bytes of an address', () => {
  it.each([
    ['10.0.0.1', '0a000001'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['fe80::4d:fe', 'fe8000000000000000000000004d00fe'],
    ['fd00:10:244::', 'fd000010024400000000000000000000'],
    ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
  ])('of %s are %s, and back', (ip, hex) => {
    expect(bytesFromIp(ip).toString('hex')).toBe(hex);
    expect(ipFromBytes(Buffer.from(hex, 'hex'))).toBe(ip);
  });

  it.each([
    ['10.0.0.0/8', 8],
    ['10.0.0.1', 32],
    ['fd00::/56', 56],
    ['fd00::1', 128],
  ])('of %s have a prefix of %i bits', (cidr, length) => {
    expect(prefixFromCidr(cidr).length).toBe(length);
  });
});

import { cidrContains, ipFamily, parseCidr, parseIp } from './ip.ts';

describe('parseIp', () => {
  it.each([
    ['10.0.10.8', '10.0.10.8'],
    ['0.0.0.0', '0.0.0.0'],
    ['255.255.255.255', '255.255.255.255'],
    ['FD00:0:0::0008', 'fd00::8'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseIp(text)).toBe(canonical);
  });

  it.each([
    '',
    ' 10.0.0.1',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '0x0a.0.0.1',
    '167772161',
    '10.0.0.1/32',
    'fe80::1%eth0',
    '::ffff:10.0.0.1',
    '::ffff:a00:1',
    '64:ff9b::10.0.0.1',
    'fd00::g',
    'fd00:::1',
    'example.com',
  ])('refuses %j', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  it('distinguishes the families', () => {
    expect([ipFamily('10.0.0.1'), ipFamily('fd00::1')]).toEqual(['IPv4', 'IPv6']);
  });
});

describe('parseCidr', () => {
  it.each([
    ['10.244.7.9/16', '10.244.0.0/16'],
    ['192.168.77.11/32', '192.168.77.11/32'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['FD00:1::7/64', 'fd00:1::/64'],
  ])('reads %s as %s', (text, canonical) => {
    expect(parseCidr(text)).toBe(canonical);
  });

  it.each([
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    'fd00::/129',
    '10.0.0/8',
    '/8',
  ])('refuses %j', (text) => {
    expect(parseCidr(text)).toBeUndefined();
  });
});

describe('cidrContains', () => {
  it.each([
    ['10.96.0.0/16', '10.96.7.1', true],
    ['10.96.0.0/16', '10.97.0.1', false],
    ['10.96.0.0/12', '10.111.255.255', true],
    ['0.0.0.0/0', '192.0.2.1', true],
    ['192.0.2.1/32', '192.0.2.1', true],
    ['fd00::/8', 'fd00::8', true],
    ['::/0', '192.0.2.1', false],
    ['0.0.0.0/0', 'fd00::8', false],
  ])('%s and %s: %s', (cidr, ip, contains) => {
    expect(cidrContains(cidr, ip)).toBe(contains);
  });
});

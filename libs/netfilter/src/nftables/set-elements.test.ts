import { bytesFromIp } from '@sallyport/nfnetlink';
import { elementsFrom } from './set-elements.ts';

const IPV4 = 7;
const IPV6 = 8;
const MARK = 19;

describe('elementsFrom', () => {
  it('has addresses of both families, and pairs of them', () => {
    expect(keysOf(IPV4, '10.0.0.1', '192.168.77.200')).toEqual(['10.0.0.1', '192.168.77.200']);
    expect(keysOf(IPV6, 'fd00::8')).toEqual(['fd00::8']);
    const pair = Buffer.concat([bytesFromIp('10.0.0.1'), bytesFromIp('10.0.0.2')]);
    expect(elementsOf((IPV4 << 6) | IPV4, pair)).toEqual(['10.0.0.1 . 10.0.0.2']);
    const pair6 = Buffer.concat([bytesFromIp('fd00::1'), bytesFromIp('fd00::2')]);
    expect(elementsOf((IPV6 << 6) | IPV6, pair6)).toEqual(['fd00::1 . fd00::2']);
  });

  it('has a mark as a number of this machine, also beside an address', () => {
    const mark = Buffer.from([0x10, 0x02, 0, 0]);
    expect(elementsOf(MARK, mark)).toEqual(['528']);
    expect(elementsOf((IPV4 << 6) | MARK, Buffer.concat([bytesFromIp('10.0.0.0'), mark]))).toEqual([
      '10.0.0.0 . 528',
    ]);
  });

  it('has the verdict of each element of a map', () => {
    const element = { key: bytesFromIp('10.0.0.1'), isEnd: false, value: 'jump path-1' };
    expect(elementsFrom([element], { keyType: IPV4, isInterval: false })).toEqual(
      new Map([['10.0.0.1', 'jump path-1']]),
    );
  });

  it.each([
    ['one address', ['10.0.0.1', '-10.0.0.2'], ['10.0.0.1']],
    ['a range', ['10.244.0.0', '-10.245.0.0'], ['10.244.0.0/16']],
    [
      'two that touch',
      ['10.0.0.0', '-10.0.1.0', '10.0.1.0', '-10.0.2.0'],
      ['10.0.0.0/24', '10.0.1.0/24'],
    ],
    ['one up to the last address', ['128.0.0.0'], ['128.0.0.0/1']],
    ['the end that nft puts before all', ['-0.0.0.0', '10.0.0.1', '-10.0.0.2'], ['10.0.0.1']],
    ['any order', ['-10.0.0.2', '10.0.0.1'], ['10.0.0.1']],
    ['a range of no prefix length', ['10.0.0.1', '-10.0.0.4'], ['10.0.0.1 + 3']],
    ['a range of IPv6', ['fd00::', '-fd01::'], ['fd00::/16']],
    [
      'the last address of IPv6',
      ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ],
  ])('has intervals as CIDRs: %s', (_, points, expected) => {
    const elements = points.map((point) => ({
      key: bytesFromIp(point.replace('-', '')),
      isEnd: point.startsWith('-'),
      value: '',
    }));
    expect([...elementsFrom(elements, { keyType: IPV4, isInterval: true }).keys()]).toEqual(
      expected,
    );
  });
});

function keysOf(keyType: number, ...ips: readonly string[]): readonly string[] {
  return elementsOf(keyType, ...ips.map(bytesFromIp));
}

function elementsOf(keyType: number, ...keys: readonly Buffer[]): readonly string[] {
  const elements = keys.map((key) => ({ key, isEnd: false, value: '' }));
  return [...elementsFrom(elements, { keyType, isInterval: false }).keys()];
}

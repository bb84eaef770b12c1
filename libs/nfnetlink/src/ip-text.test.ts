import fc from 'fast-check';
import { bytesFromIp, canonicalIp, ipFromBytes } from './ip-text.ts';

describe('the text of an address', () => {
  it.each([
    ['10.244.1.11', '0af4010b'],
    ['255.255.255.255', 'ffffffff'],
    ['::', '0'.repeat(32)],
    ['::1', '0'.repeat(31) + '1'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['1::', '0001' + '0'.repeat(28)],
    ['fe80::10:0', 'fe80' + '0'.repeat(20) + '00100000'],
  ])('%s', (text, hex) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(ipFromBytes(bytes, 0, bytes.length)).toBe(text);
    expect(bytesFromIp(text)).toEqual(bytes);
  });

  it('is the one that Node.js gives, and leads back to the bytes', () => {
    const zeroOrNot = fc.oneof(fc.constant(0), fc.nat({ max: 255 }));
    const ipv4 = fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 });
    const ipv6 = fc
      .array(zeroOrNot, { minLength: 12, maxLength: 12 })
      // Other than ::ffff:0:0/96 and the like, which have a notation of their own.
      .map((rest) => [0x20, 1, 0xd, 0xb8, ...rest]);
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), (list) => {
        const bytes = Buffer.from(list);
        const text = ipFromBytes(bytes, 0, bytes.length);
        expect(canonicalIp(text)).toBe(text);
        expect(bytesFromIp(text)).toEqual(bytes);
      }),
    );
  });

  it('is one for all notations', () => {
    expect(canonicalIp('2001:DB8:0:0::01')).toBe('2001:db8::1');
  });

  it('is refused where there is none', () => {
    expect(() => ipFromBytes(Buffer.alloc(5), 0, 5)).toThrow('has 5 bytes');
    expect(() => bytesFromIp('web-0')).toThrow();
  });
});

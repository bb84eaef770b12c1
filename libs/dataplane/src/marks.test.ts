import { defaultMarks, markFaults, packetMask, snatIdOf, snatMark } from './marks.ts';

describe('markFaults', () => {
  it('accepts the defaults, and other bits', () => {
    expect(markFaults(defaultMarks)).toEqual([]);
    expect(
      markFaults({
        snatIdMask: 0xff0,
        redirect: 0x8000_0000,
        return: 0x2,
        drop: 0x1,
        connmarkBack: 0x1,
      }),
    ).toEqual([]);
  });

  it.each([
    [
      'too few SNAT id bits',
      { snatIdMask: 0x7f },
      '--mark-snat-id-mask 0x7f: choose eight adjacent bits within 0xffff',
    ],
    [
      'SNAT id bits with a gap',
      { snatIdMask: 0x1fe01 },
      '--mark-snat-id-mask 0x1fe01: choose eight adjacent bits',
    ],
    [
      'SNAT ids that are no conntrack zone',
      { snatIdMask: 0xff0000 },
      '--mark-snat-id-mask 0xff0000: choose eight adjacent',
    ],
    ['no bit', { drop: 0 }, '--mark-drop 0x0: choose one bit, such as 0x1000'],
    ['two bits', { redirect: 0x30000 }, '--mark-redirect 0x30000: choose one bit, such as 0x1000'],
    [
      'more than 32 bits',
      { redirect: 2 ** 32 },
      '--mark-redirect 0x100000000: choose one bit, such as 0x1000',
    ],
    [
      'a bit of kube-proxy',
      { return: 0x4000 },
      '--mark-return 0x4000: the bits 0xc000 are kube-proxy’s'.replace('’', "'"),
    ],
    [
      'the same bit twice',
      { drop: 0x1000 },
      '--mark-redirect 0x1000 and --mark-drop 0x1000 overlap: choose other bits',
    ],
    [
      'a bit of the SNAT id',
      { drop: 0x80 },
      '--mark-snat-id-mask 0xff and --mark-drop 0x80 overlap: choose other bits',
    ],
  ])('refuses %s', (_, part, message) => {
    expect(markFaults({ ...defaultMarks, ...part }).join('\n')).toContain(message);
  });
});

describe('snatMark', () => {
  it('puts a SNAT id where the mask is, and reads it back', () => {
    const marks = { ...defaultMarks, snatIdMask: 0xff0 };
    expect(snatMark(255, marks)).toBe(0xff0);
    expect(snatIdOf(0x1000 | 0x230, marks)).toBe(0x23);
  });
});

describe('packetMask', () => {
  it('has the bits of all packet marks, the highest too', () => {
    expect(packetMask(defaultMarks)).toBe(0x1cff);
    expect(packetMask({ ...defaultMarks, redirect: 0x8000_0000 })).toBe(0x8000_0cff);
  });
});

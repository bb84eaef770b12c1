import { parseInternalSet, parsePodSet } from './parse-ipset.ts';

describe('sets as ipset 7.17 saves them', () => {
  it('reads the mark of each Pod, with or without a mask', () => {
    expect(
      parsePodSet(`create SALLYPORT-PODS hash:ip family inet hashsize 1024 maxelem 65536 skbinfo bucketsize 12 initval 0x7d7560a5
add SALLYPORT-PODS 10.244.1.11 skbmark 0x1000/0x1cff
add SALLYPORT-PODS 10.244.1.12 skbmark 0x5
add SALLYPORT-PODS 10.244.1.13
`),
    ).toEqual(
      new Map([
        ['10.244.1.11', { mark: 0x1000, mask: 0x1cff }],
        ['10.244.1.12', { mark: 5, mask: 0xffffffff }],
        ['10.244.1.13', { mark: 0, mask: 0 }],
      ]),
    );
  });

  it('reads networks and single addresses as CIDRs', () => {
    expect(
      parseInternalSet(`create SALLYPORT-INTERNAL hash:net family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x1
add SALLYPORT-INTERNAL 10.244.0.0/16
add SALLYPORT-INTERNAL 192.168.77.11
`),
    ).toEqual(new Set(['10.244.0.0/16', '192.168.77.11/32']));
  });
});

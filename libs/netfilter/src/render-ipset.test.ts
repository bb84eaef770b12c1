import { renderIpset } from './render-ipset.ts';

describe('renderIpset', () => {
  it('writes one line for each change, in order', () => {
    expect(
      renderIpset(
        [
          { change: 'create-pods' },
          { change: 'create-skip' },
          { change: 'add-skip', cidr: '10.244.0.0/16' },
          { change: 'set-pod', ip: '10.244.1.11', mark: { mark: 0x1000, mask: 0x1cff } },
          { change: 'delete-pod', ip: '10.244.1.12' },
          { change: 'delete-skip', cidr: '192.168.77.13/32' },
        ],
        { podSet: 'PODS', skipSet: 'SKIP', chainPrefix: 'SALLYPORT-' },
      ),
    ).toBe(`create PODS hash:ip family inet skbinfo
create SKIP hash:net family inet
add SKIP 10.244.0.0/16
add PODS 10.244.1.11 skbmark 0x1000/0x1cff
del PODS 10.244.1.12
del SKIP 192.168.77.13/32
`);
  });
});

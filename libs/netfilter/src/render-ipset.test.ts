import { defaultMarks } from '@sallyport/dataplane';
import { renderIpset } from './render-ipset.ts';

describe('renderIpset', () => {
  it('writes one line for each change, in order', () => {
    expect(
      renderIpset(
        [
          { op: 'create-paths' },
          { op: 'create-internal' },
          { op: 'add-internal', cidr: '10.244.0.0/16' },
          { op: 'set-path', ip: '10.244.1.11', path: { kind: 'redirected' } },
          { op: 'delete-path', ip: '10.244.1.12' },
          { op: 'delete-internal', cidr: '192.168.77.13/32' },
        ],
        defaultMarks,
      ),
    ).toBe(`create SALLYPORT-PODS hash:ip family inet skbinfo
create SALLYPORT-INTERNAL hash:net family inet
add SALLYPORT-INTERNAL 10.244.0.0/16
add SALLYPORT-PODS 10.244.1.11 skbmark 0x1000/0x1cff
del SALLYPORT-PODS 10.244.1.12
del SALLYPORT-INTERNAL 192.168.77.13/32
`);
  });
});

import { AF_INET, AF_INET6 } from './inet.ts';
import { ofBothFamilies } from './of-both-families.ts';

const IPV4 = { data: { family: AF_INET } };
const IPV6 = { data: { family: AF_INET6 } };

describe('ofBothFamilies', () => {
  it.each([
    ['has the answers for both', () => Promise.resolve([IPV6]), [IPV4, IPV6]],
    [
      'has IPv4 alone where the kernel without IPv6 answers for all families',
      () => Promise.resolve([IPV4]),
      [IPV4],
    ],
    [
      'has IPv4 alone where the kernel without IPv6 refuses',
      () => Promise.reject(new Error('Request rejected: EAFNOSUPPORT')),
      [IPV4],
    ],
  ])('%s', async (_, dumpIPv6, expected) => {
    const dump = (family: number): Promise<(typeof IPV4)[]> => {
      return family === AF_INET ? Promise.resolve([IPV4]) : dumpIPv6();
    };
    expect(await ofBothFamilies(dump)).toEqual(expected);
  });

  it('fails with any other answer', async () => {
    const dump = (): Promise<(typeof IPV4)[]> => {
      return Promise.reject(new Error('Request rejected: EPERM'));
    };
    await expect(ofBothFamilies(dump)).rejects.toThrow('EPERM');
  });
});

import { tunnelIpOf } from './protocol.ts';

describe('tunnelIpOf', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['the first IPv4 address', ['fd00::2', '10.0.0.2', '10.0.0.3'], '10.0.0.2'],
    ['nothing of IPv6 only', ['fd00::2'], undefined],
    ['nothing of nothing', [], undefined],
  ])('takes %s', (_, ips, expected) => {
    expect(tunnelIpOf(ips)).toBe(expected);
  });
});

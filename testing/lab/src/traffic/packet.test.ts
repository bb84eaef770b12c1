import { packetFromLine } from './packet.ts';

it.each([
  {
    name: 'TCP',
    line: '1795408091.720998 IP 192.168.77.11.40424 > 203.0.113.10.20000: Flags [S], seq 39, win 64240, length 0',
    expected: {
      source: '192.168.77.11',
      sourcePort: 40424,
      destination: '203.0.113.10',
      destinationPort: 20000,
    },
  },
  {
    name: 'UDP',
    line: '1795408091.720998 IP 203.0.113.1.55555 > 203.0.113.10.10000: UDP, length 7',
    expected: {
      source: '203.0.113.1',
      sourcePort: 55555,
      destination: '203.0.113.10',
      destinationPort: 10000,
    },
  },
  {
    name: 'ICMP',
    line: '1795408091.720998 IP 10.244.1.2 > 203.0.113.10: ICMP echo request, id 1, seq 1, length 64',
    expected: { source: '10.244.1.2', destination: '203.0.113.10' },
  },
])('reads a line about $name', ({ line, expected }) => {
  expect(packetFromLine(line)).toEqual({ timeMs: 1795408091720.998, ...expected, line });
});

it.each([
  '',
  'tcpdump: listening on eth0',
  '1795408091.7 IP6 fe80::1 > ff02::2: ICMP6, router solicitation',
])('is silent about %p', (line) => {
  expect(packetFromLine(line)).toBeUndefined();
});

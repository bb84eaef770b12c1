import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import { chooseConnections } from './choose-connections.ts';
import { parseConnections } from './connection.ts';

// As conntrack 1.4.7 printed them.
const connections =
  parseConnections(`udp      17 99 src=10.244.1.11 dst=1.1.1.1 sport=1000 dport=53 [UNREPLIED] src=1.1.1.1 dst=192.168.77.11 sport=53 dport=1000 mark=0 use=1
tcp      6 99 ESTABLISHED src=10.244.1.11 dst=1.1.1.1 sport=1000 dport=80 src=1.1.1.1 dst=192.168.77.11 sport=80 dport=1000 [ASSURED] mark=0 use=1
icmp     1 99 src=10.244.1.11 dst=1.1.1.2 type=8 code=0 id=77 src=1.1.1.2 dst=192.168.77.200 type=0 code=0 id=77 mark=0 use=1
udp      17 99 src=10.244.2.5 dst=1.1.1.1 sport=7 dport=53 zone-orig=1 src=1.1.1.1 dst=192.168.77.200 sport=53 dport=7 mark=8192 use=1
udp      17 99 src=10.244.2.5 dst=1.1.1.1 sport=7 dport=53 [UNREPLIED] zone-orig=1 src=1.1.1.1 dst=192.168.77.14 sport=53 dport=8 mark=8192 use=1
udp      17 99 src=10.244.2.5 dst=1.1.1.1 sport=7 dport=53 zone-orig=2 src=1.1.1.1 dst=192.168.77.12 sport=53 dport=8 mark=8192 use=1
tcp      6 99 ESTABLISHED src=10.244.1.11 dst=10.96.0.1 sport=1001 dport=80 [UNREPLIED] src=10.244.2.2 dst=10.244.1.11 sport=80 dport=1001 mark=0 use=1
tcp      6 99 ESTABLISHED src=10.244.1.11 dst=10.96.0.7 sport=1003 dport=80 src=9.9.9.9 dst=192.168.77.11 sport=8080 dport=1003 mark=0 use=1
tcp      6 99 ESTABLISHED src=8.8.8.8 dst=192.168.77.11 sport=5 dport=30080 src=10.244.1.11 dst=192.168.77.11 sport=80 dport=5 mark=0 use=1
tcp      6 99 ESTABLISHED src=192.168.77.200 dst=1.1.1.5 sport=6 dport=80 src=1.1.1.5 dst=192.168.77.200 sport=80 dport=6 mark=0 use=1
`);

const internal = ['10.244.0.0/16', '10.96.0.0/16', '192.168.77.11/32'];

const cases: readonly {
  name: string;
  selectors: readonly ConnectionSelector[];
  chosen: readonly string[];
}[] = [
  {
    name: 'a Pod: its connections to external destinations after Service DNAT; each pair of ends once for all protocols',
    selectors: [{ kind: 'pod', ip: '10.244.1.11', internal }],
    chosen: [
      '10.244.1.11 1.1.1.1 192.168.77.11',
      '10.244.1.11 1.1.1.2 192.168.77.200',
      '10.244.1.11 9.9.9.9 192.168.77.11',
    ],
  },
  {
    name: 'a Pod: connections with the right source stay',
    selectors: [{ kind: 'pod', ip: '10.244.1.11', internal, keep: '192.168.77.11' }],
    chosen: ['10.244.1.11 1.1.1.2 192.168.77.200'],
  },
  {
    name: 'a Pod: only connections to these destinations, without the internal ones among them',
    selectors: [
      { kind: 'pod', ip: '10.244.1.11', internal, within: ['1.1.1.2/32', '10.244.0.0/16'] },
    ],
    chosen: ['10.244.1.11 1.1.1.2 192.168.77.200'],
  },
  {
    name: 'a SNAT id: connections in its zone with another source than the one kept',
    selectors: [{ kind: 'snat-id', snatId: 1, keep: '192.168.77.200' }],
    chosen: ['10.244.2.5 1.1.1.1 192.168.77.14'],
  },
  {
    name: 'another Pod: nothing',
    selectors: [{ kind: 'pod', ip: '10.244.1.12', internal: [] }],
    chosen: [],
  },
];

describe('chooseConnections', () => {
  it.each(cases)('$name', ({ selectors, chosen }) => {
    expect(
      chooseConnections(connections, selectors, defaultMarks).map((ends) =>
        Object.values(ends).join(' '),
      ),
    ).toEqual(chosen);
  });
});

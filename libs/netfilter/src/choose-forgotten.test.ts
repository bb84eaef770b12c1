import type { ForgetConnections } from '@sallyport/dataplane';
import { chooseForgotten } from './choose-forgotten.ts';
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

const skip = ['10.244.0.0/16', '10.96.0.0/16', '192.168.77.11/32'];

const cases: readonly {
  name: string;
  forget: readonly ForgetConnections[];
  chosen: readonly string[];
}[] = [
  {
    name: 'a Pod: what it opened to the outside, looked at after Service DNAT; each pair of ends once for all protocols',
    forget: [{ of: 'pod', ip: '10.244.1.11', skip }],
    chosen: [
      '10.244.1.11 1.1.1.1 192.168.77.11',
      '10.244.1.11 1.1.1.2 192.168.77.200',
      '10.244.1.11 9.9.9.9 192.168.77.11',
    ],
  },
  {
    name: 'a Pod, but what is translated rightly already stays',
    forget: [{ of: 'pod', ip: '10.244.1.11', skip, keep: '192.168.77.11' }],
    chosen: ['10.244.1.11 1.1.1.2 192.168.77.200'],
  },
  {
    name: 'a Pod: only what goes to these destinations, and is not inside the cluster after all',
    forget: [{ of: 'pod', ip: '10.244.1.11', skip, within: ['1.1.1.2/32', '10.244.0.0/16'] }],
    chosen: ['10.244.1.11 1.1.1.2 192.168.77.200'],
  },
  {
    name: 'a zone: what is in it and translated to another address than the one kept',
    forget: [{ of: 'zone', zone: 1, keep: '192.168.77.200' }],
    chosen: ['10.244.2.5 1.1.1.1 192.168.77.14'],
  },
  {
    name: 'another Pod: nothing',
    forget: [{ of: 'pod', ip: '10.244.1.12', skip: [] }],
    chosen: [],
  },
];

describe('chooseForgotten', () => {
  it.each(cases)('$name', ({ forget, chosen }) => {
    expect(
      chooseForgotten(connections, forget).map((entries) => Object.values(entries).join(' ')),
    ).toEqual(chosen);
  });
});

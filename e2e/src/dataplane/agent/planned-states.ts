import type { EgressGroup } from '@sallyport/api';
import type { Unversioned } from '@sallyport/watch';
import type { AgentLab } from '../agent-lab.ts';
import { group, here, IP, nowhere, OTHER_IP, there } from './samples.ts';

const STATES: readonly {
  name: string;
  groups: readonly Unversioned<EgressGroup>[];
  contains: readonly string[];
}[] = [
  {
    name: 'an egress IP on this Node',
    groups: [here],
    contains: [`== 0x00000001 counter snat ip to ${IP}`, '10.244.1.11 : jump path-1'],
  },
  {
    name: 'one on another Node',
    groups: [there],
    contains: [
      'tun_src=192.168.77.12,in_port=1',
      'set_field:192.168.77.12->tun_dst',
      'nw_src=10.244.1.13',
      '10.244.1.12 : jump path-redirected',
    ],
  },
  {
    name: 'one that nobody has',
    groups: [nowhere],
    contains: ['10.244.1.14 : jump path-blocked'],
  },
  {
    name: 'all of them',
    groups: [here, there, nowhere],
    contains: [`snat ip to ${IP}`, 'group_id=78'],
  },
  {
    name: 'the two IPs swapped between the Nodes',
    groups: [
      group('here', 77, IP, 'n2', ['10.244.1.11']),
      group('there', 78, OTHER_IP, 'n1', ['10.244.1.12']),
      nowhere,
    ],
    contains: [`snat ip to ${OTHER_IP}`, '10.244.1.11 : jump path-redirected'],
  },
  { name: 'none', groups: [], contains: ['set pods4'] },
];

/** The agent makes the planned objects, and leaves those of others alone. */
export function plannedStates(lab: () => AgentLab): void {
  it.each(STATES)(
    'makes the dataplane as planned, so that nothing is left to do: $name',
    async ({ groups, contains }) => {
      await lab().realize(...groups);
      const dump = await lab().dump();
      for (const text of contains) {
        expect(dump).toContain(text);
      }
    },
    300_000,
  );

  it('leaves objects of others alone', async () => {
    await lab().realize(here, there);
    await lab().onNode(
      'ovs-ofctl',
      '-O',
      'OpenFlow15',
      'add-flow',
      'br-egress',
      'cookie=0x1,table=9,priority=9,actions=drop',
    );
    await lab().realize(there);
    const dump = await lab().dump();
    for (const foreign of [
      '-A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE',
      '-A FORWARD -m comment --comment "of somebody else" -j ACCEPT',
      'create OTHERS hash:ip',
      '99:\tfrom all fwmark 0x1 lookup 100',
      'cookie=0x1, table=9, priority=9 actions=drop',
    ]) {
      expect(dump).toContain(foreign);
    }
    await lab().onNode('ovs-ofctl', '-O', 'OpenFlow15', 'del-flows', 'br-egress', 'cookie=0x1/-1');
  }, 300_000);
}

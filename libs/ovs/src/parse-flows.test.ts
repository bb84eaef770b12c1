import { parseFlows } from './parse-flows.ts';

describe('parseFlows', () => {
  it('reads every flow of a Node that is source and gateway', () => {
    // As ovs-ofctl 3.1.0 printed them.
    const stdout = `OFPST_FLOW reply (OF1.5) (xid=0x2):
 cookie=0x5a11, priority=0 actions=drop
 cookie=0x5a11, table=3, priority=200,ip,tun_id=0x4d actions=set_field:0a:58:00:00:00:02->eth_dst,set_field:0x1->pkt_mark,output:2
 cookie=0x5a11, priority=200,ip,in_port=2,nw_src=10.244.1.11 actions=group:77
 cookie=0x5a11, table=2, priority=200,ct_state=+est+rpl+trk,ip actions=set_field:0->pkt_mark,output:1
`;
    expect(parseFlows(stdout)).toEqual([
      { table: 0, priority: 0, match: '', actions: 'drop' },
      {
        table: 3,
        priority: 200,
        match: 'ip,tun_id=0x4d',
        actions: 'set_field:0a:58:00:00:00:02->eth_dst,set_field:0x1->pkt_mark,output:2',
      },
      { table: 0, priority: 200, match: 'ip,in_port=2,nw_src=10.244.1.11', actions: 'group:77' },
      {
        table: 2,
        priority: 200,
        match: 'ct_state=+est+rpl+trk,ip',
        actions: 'set_field:0->pkt_mark,output:1',
      },
    ]);
  });

  it('knows the priority that is not printed', () => {
    expect(
      parseFlows(' cookie=0x1, actions=drop\n cookie=0x1, table=1, ip actions=drop\n'),
    ).toEqual([
      { table: 0, priority: 32768, match: '', actions: 'drop' },
      { table: 1, priority: 32768, match: 'ip', actions: 'drop' },
    ]);
  });

  it('refuses a line that it does not understand, rather than lose a flow', () => {
    expect(() => parseFlows(' cookie=0x1, importance=3, priority=1 action=drop\n')).toThrow(
      'ovs-ofctl dump-flows: cannot read the flow " cookie=0x1, importance=3, priority=1 action=drop"',
    );
  });
});

import { parseGroups } from './parse-groups.ts';

describe('parseGroups', () => {
  it('reads groups as ovs-ofctl 3.1.0 printed them, and passes over other types', () => {
    const stdout = `OFPST_GROUP_DESC reply (OF1.5) (xid=0x2):
 group_id=77,type=indirect,bucket=bucket_id:0,actions=set_field:0->pkt_mark,set_field:0x4d->tun_id,set_field:192.168.77.12->tun_dst,output:1
 group_id=5,type=all,bucket=bucket_id:0,actions=output:1,bucket=bucket_id:1,actions=output:2
`;
    expect(parseGroups(stdout)).toEqual([
      {
        id: 77,
        type: 'indirect',
        buckets: [
          'bucket_id:0,actions=set_field:0->pkt_mark,set_field:0x4d->tun_id,set_field:192.168.77.12->tun_dst,output:1',
        ],
      },
    ]);
  });
});

import { renderBundle } from './render-bundle.ts';

const flow = {
  table: 0,
  priority: 200,
  match: 'ip,in_port=2,nw_src=10.244.1.11',
  actions: 'group:77',
};
const group = { id: 77, type: 'indirect', buckets: ['bucket_id:0,actions=output:1'] } as const;

describe('renderBundle', () => {
  it('writes the changes in their order, each so that it can be applied again', () => {
    expect(
      renderBundle([
        { op: 'add-group', group },
        { op: 'modify-group', group },
        { op: 'add-flow', flow },
        { op: 'add-flow', flow: { table: 0, priority: 0, match: '', actions: 'drop' } },
        { op: 'delete-flow', flow },
        { op: 'delete-group', group },
      ]),
    ).toBe(`group add_or_mod group_id=77,type=indirect,bucket=bucket_id:0,actions=output:1
group add_or_mod group_id=77,type=indirect,bucket=bucket_id:0,actions=output:1
flow add cookie=0x5a11,table=0,priority=200,ip,in_port=2,nw_src=10.244.1.11,actions=group:77
flow add cookie=0x5a11,table=0,priority=0,actions=drop
flow delete_strict cookie=0x5a11/-1,table=0,priority=200,ip,in_port=2,nw_src=10.244.1.11
group delete group_id=77
`);
  });
});

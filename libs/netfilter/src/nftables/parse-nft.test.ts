import { parseNftTable } from './parse-nft.ts';

// As nft 1.0.6 prints it after two packets, without handles and versions.
const TABLE = `{"nftables": [
{"table": {"family": "inet", "name": "t"}},
{"chain": {"family": "inet", "table": "t", "name": "c", "type": "filter", "hook": "output", "prio": 0, "policy": "accept"}},
{"rule": {"family": "inet", "table": "t", "chain": "c", "comment": "x", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "127.0.0.1"}}, {"counter": {"packets": 2, "bytes": 58}}]}},
{"rule": {"family": "inet", "table": "t", "chain": "c", "comment": "y", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "daddr"}}, "right": "127.0.0.2"}}, {"drop": null}]}}]}`;

it('a rule that counts has its number of packets, another one has none', () => {
  expect(parseNftTable(TABLE).chains.get('c')?.rules).toEqual([
    { text: '', comment: 'x', packets: 2 },
    { text: '', comment: 'y' },
  ]);
});

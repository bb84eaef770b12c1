import { changeExtent } from './nftables-change.ts';

/** Notifications of Linux 6.18: the type, and the first attributes of the payload in hex. */
const NOTIFICATIONS: readonly (readonly [string, 'own' | 'any' | undefined, number, string])[] = [
  [
    'iptables -t nat -A POSTROUTING -j SALLYPORT-POSTROUTING',
    'any',
    0xa06,
    '02000003080001006e61740010000200504f5354524f5554494e4700',
  ],
  [
    'iptables -t nat -X SALLYPORT-POSTROUTING',
    'any',
    0xa05,
    '0200000d080001006e6174001a00030053414c4c59504f52542d504f5354524f5554494e470000000c0002000000000000000001',
  ],
  [
    'iptables -t nat -A KUBE-SVC -j RETURN',
    undefined,
    0xa06,
    '02000005080001006e6174000d0002004b5542452d535643000000000c0003000000000000000005',
  ],
  [
    'iptables -t nat -N KUBE-SVC',
    undefined,
    0xa03,
    '02000004080001006e6174000d0003004b5542452d535643000000000c0002000000000000000004',
  ],
  [
    'nft add chain inet kindnet post { type nat hook postrouting priority 90; }',
    'any',
    0xa03,
    '010000070c0001006b696e646e65740009000300706f7374000000000c0002000000000000000001140004000800010000000004080002000000005a0800050000000001080007006e617400',
  ],
  [
    'nft add element inet kindnet s { 1.2.3.4 }',
    undefined,
    0xa0c,
    '010000090c0001006b696e646e657400060002007300000014000300100001000c0001000800010001020304',
  ],
  [
    'nft add element inet sallyport s { 1.2.3.4 }',
    'own',
    0xa0c,
    '0100000c0e00010073616c6c79706f7274000000060002007300000014000300100001000c0001000800010001020304',
  ],
  [
    'the end of a transaction',
    undefined,
    0xa0f,
    '0000000a080001000000000a08000200000027a3080003006e667400',
  ],
  ['a connection', undefined, 0x100, '02000000'],
];

it.each(NOTIFICATIONS)('%s: %s', (_, extent, type, payload) => {
  const data = Buffer.from(payload, 'hex');
  expect(changeExtent({ type, data, flags: 0, seq: 0, port: 0 })).toBe(extent);
});

it('takes a notification that it cannot read for a relevant one', () => {
  const data = Buffer.from('01000000ff00', 'hex');
  expect(changeExtent({ type: 0xa06, data, flags: 0, seq: 0, port: 0 })).toBe('any');
});

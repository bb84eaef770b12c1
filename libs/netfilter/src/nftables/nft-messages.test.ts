import type { NetlinkMessage } from '@sallyport/nfnetlink';
import {
  chainFromMessage,
  elementsFromMessage,
  ruleFromMessage,
  setFromMessage,
} from './nft-messages.ts';

/** Payloads of Linux 6.18 for a table `inet t`, in hex. */
const BASE_CHAIN =
  '01000002060001007400000006000300630000000c000200000000000000000114000400080001000000000408000200ffffff390800050000000001080007006e61740008000a00000000010800060000000002';
const CHAIN = '01000002060001007400000006000300640000000c00020000000000000000020800060000000001';
/** counter drop comment "abc", cut to these parts */
const RULE =
  '010000020600010074000000060002006300000030000400' +
  '2c0001000c000100636f756e746572001c0002000c00010000000000000000000c0002000000000000000007' +
  '0a0007000004616263000000';
const RULE_OF_OTHERS = '01000002060001007400000006000200630000000c000300000000000000000604000400';
const MAP =
  '010000020600010074000000060002006d0000000c001000000000000000000308000300000000080800040000000007080005000000000408000600ffffff0008000700000000100800140000000001';
const INTERVALS =
  '01000002060001007400000006000200690000000c0010000000000000000004080003000000000408000400000000070800050000000004';
const ELEMENT_OF_MAP =
  '010000020600010074000000060002006d0000002c000300280001000c000100080001000a000001180002001400020008000100fffffffd0600020064000000';
const INTERVAL =
  '010000020600010074000000060002006900000044000300180001000c000100080001000b0000000800030000000001100001000c000100080001000a000000180001000c00010008000100000000000800030000000001';

describe('messages of nf_tables', () => {
  it('give a chain, with its place if it is a base chain', () => {
    const table = { family: 'inet', table: 't' };
    expect(chainFromMessage(message(BASE_CHAIN))).toEqual({
      ...table,
      name: 'c',
      hook: { type: 'nat', hook: 'postrouting', priority: -199 },
    });
    expect(chainFromMessage(message(CHAIN))).toEqual({ ...table, name: 'd' });
  });

  it('give the comment and the packets of a rule', () => {
    expect(ruleFromMessage(message(RULE))).toEqual({
      chain: 'c',
      rule: { text: '', comment: 'abc', packets: 7 },
    });
    expect(ruleFromMessage(message(RULE_OF_OTHERS))).toEqual({
      chain: 'c',
      rule: { text: '', comment: '' },
    });
  });

  it('give the type of a set', () => {
    expect(setFromMessage(message(MAP))).toEqual({ name: 'm', keyType: 7, isInterval: false });
    expect(setFromMessage(message(INTERVALS))).toEqual({ name: 'i', keyType: 7, isInterval: true });
  });

  it('give the elements of a set, and the chains that a map jumps to', () => {
    expect(elementsFromMessage(message(ELEMENT_OF_MAP))).toEqual([
      { key: Buffer.from([10, 0, 0, 1]), isEnd: false, value: 'jump d' },
    ]);
    expect(elementsFromMessage(message(INTERVAL))).toEqual([
      { key: Buffer.from([11, 0, 0, 0]), isEnd: true, value: '' },
      { key: Buffer.from([10, 0, 0, 0]), isEnd: false, value: '' },
      { key: Buffer.from([0, 0, 0, 0]), isEnd: true, value: '' },
    ]);
  });
});

function message(hex: string): NetlinkMessage {
  const bytes = Buffer.from(hex, 'hex');
  return { bytes, type: 0, flags: 0, sequence: 1, payload: { start: 0, end: bytes.length } };
}

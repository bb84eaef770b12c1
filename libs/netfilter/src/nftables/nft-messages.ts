import type { NetlinkMessage, Range } from '@sallyport/nfnetlink';
import { attributesIn, findAttribute } from '@sallyport/nfnetlink';
import {
  COMMENT,
  FAMILIES,
  HOOK_NAMES,
  NFGENMSG_LENGTH,
  NFT_JUMP,
  NFT_SET_ELEM_INTERVAL_END,
  NFT_SET_INTERVAL,
  NFTA_CHAIN,
  NFTA_COUNTER_PACKETS,
  NFTA_DATA,
  NFTA_EXPR,
  NFTA_HOOK,
  NFTA_LIST_ELEM,
  NFTA_RULE,
  NFTA_SET,
  NFTA_SET_ELEM,
  NFTA_SET_ELEM_LIST,
  NFTA_VERDICT,
} from './nf-tables.ts';
import type { NftRule } from './nft-table.ts';
import type { SetElement, SetType } from './set-elements.ts';

/** A chain of any table. */
export interface DumpedChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Absent for a chain that other chains call. */
  readonly hook?: DumpedHook;
}

/** The place of a base chain, in nft's words. */
interface DumpedHook {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
}

/** Of NFT_MSG_NEWCHAIN, in a dump. */
export function chainFromMessage(message: NetlinkMessage): DumpedChain {
  const { bytes, payload } = message;
  const within = attributes(payload);
  const hook = findAttribute(bytes, within, NFTA_CHAIN.hook);
  return {
    family: FAMILIES[bytes[payload.start] ?? 0] ?? 'unknown',
    table: text(bytes, findAttribute(bytes, within, NFTA_CHAIN.table)),
    name: text(bytes, findAttribute(bytes, within, NFTA_CHAIN.name)),
    ...(hook && {
      hook: hookFrom(bytes, hook, text(bytes, findAttribute(bytes, within, NFTA_CHAIN.type))),
    }),
  };
}

/** A rule of one of our tables, and its chain. */
export function ruleFromMessage({ bytes, payload }: NetlinkMessage): {
  readonly chain: string;
  readonly rule: NftRule;
} {
  const within = attributes(payload);
  const packets = packetsIn(bytes, findAttribute(bytes, within, NFTA_RULE.expressions));
  const comment = commentIn(bytes, findAttribute(bytes, within, NFTA_RULE.comment));
  return {
    chain: text(bytes, findAttribute(bytes, within, NFTA_RULE.chain)),
    rule: { text: '', comment, ...(packets === undefined ? {} : { packets }) },
  };
}

/** Of NFT_MSG_NEWSET, in a dump. */
export function setFromMessage({ bytes, payload }: NetlinkMessage): SetType & {
  readonly name: string;
} {
  const within = attributes(payload);
  const number = (type: number): number => {
    const range = findAttribute(bytes, within, type);
    return range === undefined ? 0 : bytes.readUInt32BE(range.start);
  };
  return {
    name: text(bytes, findAttribute(bytes, within, NFTA_SET.name)),
    keyType: number(NFTA_SET.keyType),
    isInterval: (number(NFTA_SET.flags) & NFT_SET_INTERVAL) !== 0,
  };
}

/** A message has many elements. */
export function elementsFromMessage({ bytes, payload }: NetlinkMessage): readonly SetElement[] {
  const list = findAttribute(bytes, attributes(payload), NFTA_SET_ELEM_LIST.elements);
  return attributesIn(bytes, list).flatMap(({ range }) => {
    const key = findAttribute(bytes, range, NFTA_SET_ELEM.key);
    const value = key && findAttribute(bytes, key, NFTA_DATA.value);
    if (value === undefined) {
      return [];
    }
    const flags = findAttribute(bytes, range, NFTA_SET_ELEM.flags);
    const isEnd =
      flags !== undefined && (bytes.readUInt32BE(flags.start) & NFT_SET_ELEM_INTERVAL_END) !== 0;
    const data = findAttribute(bytes, range, NFTA_SET_ELEM.data);
    return [
      {
        key: Buffer.from(bytes.subarray(value.start, value.end)),
        isEnd,
        value: data === undefined ? '' : verdictIn(bytes, data),
      },
    ];
  });
}

function attributes({ start, end }: Range): Range {
  return { start: start + NFGENMSG_LENGTH, end };
}

function hookFrom(bytes: Buffer, range: Range, type: string): DumpedHook {
  const number = findAttribute(bytes, range, NFTA_HOOK.number);
  const priority = findAttribute(bytes, range, NFTA_HOOK.priority);
  return {
    type,
    hook: HOOK_NAMES[number === undefined ? -1 : bytes.readUInt32BE(number.start)] ?? 'other',
    priority: priority === undefined ? 0 : bytes.readInt32BE(priority.start),
  };
}

/** Of the first counter of a rule. */
function packetsIn(bytes: Buffer, expressions: Range | undefined): number | undefined {
  for (const { type, range } of attributesIn(bytes, expressions)) {
    const isCounter =
      type === NFTA_LIST_ELEM &&
      text(bytes, findAttribute(bytes, range, NFTA_EXPR.name)) === 'counter';
    const data = isCounter ? findAttribute(bytes, range, NFTA_EXPR.data) : undefined;
    const packets = data && findAttribute(bytes, data, NFTA_COUNTER_PACKETS);
    if (packets !== undefined) {
      return Number(bytes.readBigUInt64BE(packets.start));
    }
  }
  return undefined;
}

/** User data: a type, a length and so many bytes, again and again. */
function commentIn(bytes: Buffer, userData: Range | undefined): string {
  if (userData === undefined) {
    return '';
  }
  const { end } = userData;
  for (let start = userData.start; start + 2 <= end;) {
    const next = start + 2 + (bytes[start + 1] ?? 0);
    if (bytes[start] === COMMENT) {
      return text(bytes, { start: start + 2, end: Math.min(next, end) });
    }
    start = next;
  }
  return '';
}

function verdictIn(bytes: Buffer, data: Range): string {
  const verdict = findAttribute(bytes, data, NFTA_DATA.verdict);
  const code = verdict && findAttribute(bytes, verdict, NFTA_VERDICT.code);
  const isJump = code !== undefined && bytes.readInt32BE(code.start) === NFT_JUMP;
  return verdict !== undefined && isJump
    ? `jump ${text(bytes, findAttribute(bytes, verdict, NFTA_VERDICT.chain))}`
    : '?';
}

/** A text ends with a zero byte. */
function text(bytes: Buffer, range: Range | undefined): string {
  return range === undefined
    ? ''
    : bytes.toString('latin1', range.start, range.end).replace(/\0.*$/s, '');
}

import type { NetfilterSocket } from '@sallyport/nfnetlink';
import {
  attribute,
  bytesFromIp,
  errnoOf,
  message,
  nested,
  NLM_F_ACK,
  NLM_F_CREATE,
  NLM_F_REQUEST,
  NLMSG_ERROR,
  refusal,
} from '@sallyport/nfnetlink';
import type { ElementsChange } from './elements-change.ts';
import {
  BATCH_BEGIN,
  BATCH_END,
  BATCH_HEADER,
  NFPROTO_INET,
  NFT_DELSETELEM,
  NFT_JUMP,
  NFT_NEWSETELEM,
  NFTA_DATA,
  NFTA_LIST_ELEM,
  NFTA_SET_ELEM,
  NFTA_SET_ELEM_LIST,
  NFTA_VERDICT,
  zeroEnded,
} from './nf-tables.ts';

/** More elements would not fit into one datagram, or into the length of one attribute. */
const MAX_ELEMENTS = 500;

/** Whether {@link writeElements} can make the changes. Intervals are nft's business. */
export function canWrite(changes: readonly ElementsChange[]): boolean {
  const count = changes.reduce((sum, { elements }) => sum + elements.size, 0);
  return count <= MAX_ELEMENTS && changes.every(({ isInterval }) => !isInterval);
}

/** Makes the changes in one transaction. Rejects with NetlinkError; nothing is changed then. */
export async function writeElements(
  socket: NetfilterSocket,
  changes: readonly ElementsChange[],
): Promise<void> {
  await socket.exchange(batchOf(changes), (answer) => {
    if (answer.type !== NLMSG_ERROR) {
      return false;
    }
    const errno = errnoOf(answer);
    if (errno !== 0) {
      const { verb, table, set } = changes[answer.sequence - 1] ?? {};
      const what = verb === undefined ? 'transaction' : `${verb} element inet ${table} ${set}`;
      throw refusal(`nf_tables: ${what}`, errno);
    }
    return answer.sequence === changes.length;
  });
}

/** The messages have the sequence numbers 1, 2, …; the last one asks for an answer. */
function batchOf(changes: readonly ElementsChange[]): Buffer {
  const flags = NLM_F_REQUEST;
  const end = changes.length + 1;
  return Buffer.concat([
    message({ type: BATCH_BEGIN, flags, sequence: 0 }, BATCH_HEADER),
    ...changes.map((change, index) => changeMessage(change, index + 1, changes.length)),
    message({ type: BATCH_END, flags, sequence: end }, BATCH_HEADER),
  ]);
}

function changeMessage(
  { verb, table, set, elements }: ElementsChange,
  sequence: number,
  last: number,
): Buffer {
  const isAddition = verb === 'add';
  return message(
    {
      type: isAddition ? NFT_NEWSETELEM : NFT_DELSETELEM,
      flags: NLM_F_REQUEST | (isAddition ? NLM_F_CREATE : 0) | (sequence === last ? NLM_F_ACK : 0),
      sequence,
    },
    Buffer.from([NFPROTO_INET, 0, 0, 0]),
    attribute(NFTA_SET_ELEM_LIST.table, zeroEnded(table)),
    attribute(NFTA_SET_ELEM_LIST.set, zeroEnded(set)),
    nested(
      NFTA_SET_ELEM_LIST.elements,
      ...[...elements].map(([key, value]) => elementOf(key, value)),
    ),
  );
}

function elementOf(key: string, value: string): Buffer {
  const parts = [nested(NFTA_SET_ELEM.key, attribute(NFTA_DATA.value, keyBytes(key)))];
  if (value !== '') {
    const code = Buffer.alloc(4);
    code.writeInt32BE(NFT_JUMP);
    const chain = zeroEnded(value.slice('jump '.length));
    parts.push(
      nested(
        NFTA_SET_ELEM.data,
        nested(
          NFTA_DATA.verdict,
          attribute(NFTA_VERDICT.code, code),
          attribute(NFTA_VERDICT.chain, chain),
        ),
      ),
    );
  }
  return nested(NFTA_LIST_ELEM, ...parts);
}

/** The parts of a key, of four or sixteen bytes each; a number is a mark. */
function keyBytes(key: string): Buffer {
  return Buffer.concat(
    key.split(' . ').map((part) => {
      if (!/^\d+$/.test(part)) {
        return bytesFromIp(part);
      }
      const mark = Buffer.alloc(4);
      mark.writeUInt32LE(Number(part));
      return mark;
    }),
  );
}

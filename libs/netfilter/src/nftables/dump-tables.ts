import { constants } from 'node:os';
import type { NetfilterSocket, NetlinkMessage } from '@sallyport/nfnetlink';
import {
  attribute,
  errnoOf,
  message,
  NetlinkError,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  refusal,
} from '@sallyport/nfnetlink';
import {
  NFPROTO_INET,
  NFPROTO_UNSPEC,
  NFT_GETCHAIN,
  NFT_GETRULE,
  NFT_GETSET,
  NFT_GETSETELEM,
  NFTA_RULE,
  NFTA_SET,
  NFTA_SET_ELEM_LIST,
  zeroEnded,
} from './nf-tables.ts';
import type { DumpedChain } from './nft-messages.ts';
import {
  chainFromMessage,
  elementsFromMessage,
  ruleFromMessage,
  setFromMessage,
} from './nft-messages.ts';
import type { NftChain, NftHook, NftRule, NftSet, NftTable } from './nft-table.ts';
import { elementsFrom } from './set-elements.ts';

/** A dump is done again so often while other software changes the ruleset. */
const ATTEMPTS = 10;

/** The chains of all tables of all families. */
export async function dumpChains(socket: NetfilterSocket): Promise<readonly DumpedChain[]> {
  const request = { name: 'list chains', type: NFT_GETCHAIN, family: NFPROTO_UNSPEC };
  return dump(socket, request, (answer) => [chainFromMessage(answer)]);
}

/**
 * A table of family `inet`; undefined when it has neither chains nor sets.
 * @param chains those of all tables
 */
export async function dumpTable(
  socket: NetfilterSocket,
  name: string,
  chains: readonly DumpedChain[],
): Promise<NftTable | undefined> {
  const own = chains.filter(({ family, table }) => family === 'inet' && table === name);
  const sets = await dumpSets(socket, name);
  if (own.length === 0 && sets.size === 0) {
    return undefined;
  }
  const rules = await dumpRules(socket, name);
  return {
    chains: new Map(
      own.map(({ name: chain, hook }): [string, NftChain] => [
        chain,
        { ...(hook && { hook: hook as NftHook }), rules: rules.get(chain) ?? [] },
      ]),
    ),
    sets,
  };
}

async function dumpSets(
  socket: NetfilterSocket,
  table: string,
): Promise<ReadonlyMap<string, NftSet>> {
  const request = {
    ...{ name: 'list sets', type: NFT_GETSET, family: NFPROTO_INET },
    attributes: [attribute(NFTA_SET.table, zeroEnded(table))],
  };
  const types = await dump(socket, request, (answer) => [setFromMessage(answer)]);
  const sets = new Map<string, NftSet>();
  for (const { name, ...type } of types) {
    const elements = await dump(
      socket,
      {
        ...{ name: `list set ${name}`, type: NFT_GETSETELEM, family: NFPROTO_INET },
        attributes: [
          attribute(NFTA_SET_ELEM_LIST.table, zeroEnded(table)),
          attribute(NFTA_SET_ELEM_LIST.set, zeroEnded(name)),
        ],
      },
      elementsFromMessage,
    );
    sets.set(name, { declaration: '', elements: elementsFrom(elements, type) });
  }
  return sets;
}

async function dumpRules(
  socket: NetfilterSocket,
  table: string,
): Promise<ReadonlyMap<string, readonly NftRule[]>> {
  const request = {
    ...{ name: 'list rules', type: NFT_GETRULE, family: NFPROTO_INET },
    attributes: [attribute(NFTA_RULE.table, zeroEnded(table))],
  };
  const rules = new Map<string, NftRule[]>();
  for (const { chain, rule } of await dump(socket, request, (one) => [ruleFromMessage(one)])) {
    const known = rules.get(chain);
    if (known === undefined) {
      rules.set(chain, [rule]);
    } else {
      known.push(rule);
    }
  }
  return rules;
}

interface DumpRequest {
  /** For messages. */
  readonly name: string;
  readonly type: number;
  readonly family: number;
  readonly attributes?: readonly Buffer[];
}

/**
 * All objects; none where the table does not exist. Rejects with {@link NetlinkError} when the
 * kernel refuses, or changes too often.
 */
async function dump<T>(
  socket: NetfilterSocket,
  request: DumpRequest,
  read: (answer: NetlinkMessage) => readonly T[],
): Promise<readonly T[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const result: T[] = [];
    let interruptions = 0;
    await socket.exchange(dumpRequest(request), (answer) => {
      interruptions += (answer.flags & NLM_F_DUMP_INTR) === 0 ? 0 : 1;
      if (answer.type === NLMSG_ERROR || answer.type === NLMSG_DONE) {
        const errno = errnoOf(answer);
        if (errno !== 0 && errno !== constants.errno.ENOENT) {
          throw refusal(`nf_tables: ${request.name}`, errno);
        }
        return true;
      }
      result.push(...read(answer));
      return false;
    });
    if (interruptions === 0) {
      return result;
    }
  }
  throw new NetlinkError(`nf_tables: ${request.name}: the ruleset changed during each dump`);
}

function dumpRequest({ type, family, attributes = [] }: DumpRequest): Buffer {
  const header = { type, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence: 1 };
  return message(header, Buffer.from([family, 0, 0, 0]), ...attributes);
}

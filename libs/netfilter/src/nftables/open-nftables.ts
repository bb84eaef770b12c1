import type { RunCommand } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import type { NetfilterSocket } from '@sallyport/nfnetlink';
import type { NetfilterOperation } from '../netfilter-operation.ts';
import type { IptablesState } from '../netfilter-state.ts';
import type { Netfilter } from '../open-netfilter.ts';
import { dumpChains, dumpTable } from './dump-tables.ts';
import type { ElementsChange } from './elements-change.ts';
import { elementsChanges } from './elements-change.ts';
import { applyFilter, observeFilter } from './iptables-filter.ts';
import { listNatChains } from './list-nat-chains.ts';
import type { NftContent } from './nft-content.ts';
import { changeContent } from './nft-content.ts';
import type { NftTable, NftTables } from './nft-table.ts';
import { TABLE_NAMES } from './nft-table.ts';
import type { NftablesState } from './read-nftables.ts';
import { readContent, readNftables } from './read-nftables.ts';
import { renderElements, renderSetDeclarations, renderTable } from './render-nft-script.ts';
import { renderNftTables } from './render-nft-tables.ts';
import { rivalOf } from './rival.ts';
import { withSocket } from './with-socket.ts';
import { canWrite, writeElements } from './write-elements.ts';

/**
 * Our part of netfilter in one network namespace, by nft. Each operation is one transaction of the
 * kernel. iptables has nothing of ours but accepting rules, where there is iptables.
 */
export function openNftables(run: RunCommand, marks: Marks): Netfilter {
  const kernel = nftKernel(run);
  return nftablesOn(kernel, marks);
}

/** The kernel's tables, and iptables beside them. */
export interface NftKernel {
  readTables(): Promise<NftTables>;
  /** Makes the change in one transaction. */
  load(change: Change): Promise<void>;
  readFilter(): Promise<IptablesState | undefined>;
  applyFilter(operation: Extract<NetfilterOperation, { op: 'iptables-restore' }>): Promise<void>;
  /** A chain that may translate before ours. */
  findRival(): Promise<string | undefined>;
}

/** Where other software has its rules, too. Reading it starts programs. */
type Surroundings = Omit<NftablesState, 'tables'>;

/** The adapter over a kernel. */
export function nftablesOn(kernel: NftKernel, marks: Marks): Netfilter {
  /** As last read or written; undefined when that is not known. */
  let known: NftTables | undefined;
  /** As last read; undefined when we have changed it since. */
  let surroundings: Surroundings | undefined;

  async function readSurroundings(): Promise<Surroundings> {
    const [filter, rival] = await Promise.all([kernel.readFilter(), kernel.findRival()]);
    return {
      ...(filter === undefined ? {} : { filter }),
      ...(rival === undefined ? {} : { rival }),
    };
  }

  async function load(change: Change): Promise<void> {
    known = undefined;
    await kernel.load(change);
    known = change.tables;
  }

  return {
    async observe({ ownOnly } = { ownOnly: false }) {
      const [tables, others] = await Promise.all([
        kernel.readTables(),
        ownOnly && surroundings !== undefined ? surroundings : readSurroundings(),
      ]);
      known = tables;
      surroundings = others;
      return readNftables({ tables, ...others }, marks);
    },
    async apply(operation) {
      if (operation.op === 'iptables-restore') {
        surroundings = undefined;
        await kernel.applyFilter(operation);
        return;
      }
      const before = known ?? (await kernel.readTables());
      const change = changeFor(before, operation, marks);
      if (change.script !== '') {
        await load(change);
      }
    },
  };
}

/** A script for one transaction, and the tables after it. */
export interface Change {
  readonly script: string;
  readonly tables: NftTables;
  /** All of the change, where it is one of elements alone. */
  readonly elements?: readonly ElementsChange[];
}

/** The transaction of one operation. Pure. */
export function changeFor(
  before: NftTables,
  operation: Exclude<NetfilterOperation, { op: 'iptables-restore' }>,
  marks: Marks,
): Change {
  return operation.op === 'nft-rules'
    ? makeTables(readContentFor(before, operation), marks)
    : changeElements(before, operation, marks);
}

/** Both tables as a whole, with the elements that they have. */
export function makeTables(content: NftContent, marks: Marks): Change {
  const { main, guard } = renderNftTables(content, marks);
  return {
    script: renderTable(TABLE_NAMES.main, main) + renderTable(TABLE_NAMES.guard, guard),
    tables: { main, guard },
  };
}

function readContentFor(
  before: NftTables,
  operation: Extract<NetfilterOperation, { op: 'nft-rules' }>,
): NftContent {
  const { snatIds, tunnelPort, unrepaired } = operation;
  return { ...readContent(before, new Map(snatIds)), tunnelPort, unrepaired };
}

function changeElements(
  before: NftTables,
  { changes }: Extract<NetfilterOperation, { op: 'update-sets' }>,
  marks: Marks,
): Change {
  const content = changeContent(readContent(before), changes);
  const wanted = renderNftTables(content, marks);
  const isNew =
    before.main === undefined ||
    [...wanted.main.sets.keys()].some((set) => before.main?.sets.has(set) !== true);
  const isCreated = isNew && changes.some(({ op }) => op.startsWith('create-'));
  const main = withSets(before.main, wanted.main);
  const guard = before.guard && withSets(before.guard, wanted.guard);
  const elements = [
    ...elementsChanges(TABLE_NAMES.main, before.main ?? NO_TABLE, wanted.main),
    ...(guard === undefined
      ? []
      : elementsChanges(TABLE_NAMES.guard, before.guard ?? NO_TABLE, wanted.guard)),
  ];
  const declarations = isCreated ? renderSetDeclarations(TABLE_NAMES.main, wanted.main) : '';
  return {
    script: declarations + renderElements(elements),
    tables: { main, ...(guard === undefined ? {} : { guard }) },
    ...(isCreated ? {} : { elements }),
  };
}

const NO_TABLE: NftTable = { chains: new Map(), sets: new Map() };

function withSets(before: NftTable | undefined, { sets }: NftTable): NftTable {
  return { chains: before?.chains ?? new Map(), sets };
}

function nftKernel(run: RunCommand): NftKernel {
  return {
    readTables: () => withSocket(readTables),
    async load({ script, elements }) {
      if (elements !== undefined && canWrite(elements)) {
        await withSocket((socket) => writeElements(socket, elements));
      } else {
        await run(['nft', '-f', '-'], { stdin: script });
      }
    },
    readFilter: () => observeFilter(run),
    applyFilter: (operation) => applyFilter(run, operation),
    findRival: async () => rivalOf(await listNatChains()),
  };
}

async function readTables(socket: NetfilterSocket): Promise<NftTables> {
  const chains = await dumpChains(socket);
  const main = await dumpTable(socket, TABLE_NAMES.main, chains);
  const guard = await dumpTable(socket, TABLE_NAMES.guard, chains);
  return { ...(main && { main }), ...(guard && { guard }) };
}

import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import type { NetfilterOperation } from '../netfilter-operation.ts';
import type { IptablesState } from '../netfilter-state.ts';
import type { Netfilter } from '../open-netfilter.ts';
import { applyFilter, observeFilter } from './iptables-filter.ts';
import type { NftContent } from './nft-content.ts';
import { changeContent } from './nft-content.ts';
import type { NftTable, NftTables } from './nft-table.ts';
import { TABLE_NAMES } from './nft-table.ts';
import { parseNatChains, parseNftTable } from './parse-nft.ts';
import { readContent, readNftables } from './read-nftables.ts';
import { renderElements, renderSetDeclarations, renderTable } from './render-nft-script.ts';
import { renderNftTables } from './render-nft-tables.ts';
import { rivalOf } from './rival.ts';

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
  /** Runs a script as one transaction. `tables` is the state after it. */
  load(script: string, tables: NftTables): Promise<void>;
  readFilter(): Promise<IptablesState | undefined>;
  applyFilter(operation: Extract<NetfilterOperation, { op: 'iptables-restore' }>): Promise<void>;
  /** A chain that may translate before ours. */
  findRival(): Promise<string | undefined>;
}

/** The adapter over a kernel. */
export function nftablesOn(kernel: NftKernel, marks: Marks): Netfilter {
  /** As last read or written; undefined when that is not known. */
  let known: NftTables | undefined;

  async function load(script: string, tables: NftTables): Promise<void> {
    known = undefined;
    await kernel.load(script, tables);
    known = tables;
  }

  return {
    async observe() {
      const [tables, filter, rival] = await Promise.all([
        kernel.readTables(),
        kernel.readFilter(),
        kernel.findRival(),
      ]);
      known = tables;
      return readNftables(
        {
          tables,
          ...(filter === undefined ? {} : { filter }),
          ...(rival === undefined ? {} : { rival }),
        },
        marks,
      );
    },
    async apply(operation) {
      if (operation.op === 'iptables-restore') {
        await kernel.applyFilter(operation);
        return;
      }
      const before = known ?? (await kernel.readTables());
      const { script, tables } = changeFor(before, operation, marks);
      if (script !== '') {
        await load(script, tables);
      }
    },
  };
}

/** A script for one transaction, and the tables after it. */
export interface Change {
  readonly script: string;
  readonly tables: NftTables;
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
  return {
    script: [
      isCreated ? renderSetDeclarations(TABLE_NAMES.main, wanted.main) : '',
      renderElements(TABLE_NAMES.main, before.main ?? NO_TABLE, wanted.main),
      guard === undefined
        ? ''
        : renderElements(TABLE_NAMES.guard, before.guard ?? NO_TABLE, wanted.guard),
    ].join(''),
    tables: { main, ...(guard === undefined ? {} : { guard }) },
  };
}

const NO_TABLE: NftTable = { chains: new Map(), sets: new Map() };

function withSets(before: NftTable | undefined, { sets }: NftTable): NftTable {
  return { chains: before?.chains ?? new Map(), sets };
}

function nftKernel(run: RunCommand): NftKernel {
  return {
    async readTables() {
      const [main, guard] = await Promise.all([
        readTable(run, TABLE_NAMES.main),
        readTable(run, TABLE_NAMES.guard),
      ]);
      return { ...(main && { main }), ...(guard && { guard }) };
    },
    async load(script) {
      await run(['nft', '-f', '-'], { stdin: script });
    },
    readFilter: () => observeFilter(run),
    applyFilter: (operation) => applyFilter(run, operation),
    async findRival() {
      const { stdout } = await run(['nft', '-j', 'list', 'chains']);
      return rivalOf(parseNatChains(stdout));
    },
  };
}

async function readTable(run: RunCommand, name: string): Promise<NftTable | undefined> {
  try {
    return parseNftTable((await run(['nft', '-j', 'list', 'table', 'inet', name])).stdout);
  } catch (error) {
    if (error instanceof CommandError && error.stderr.includes('No such file or directory')) {
      return undefined;
    }
    throw error;
  }
}

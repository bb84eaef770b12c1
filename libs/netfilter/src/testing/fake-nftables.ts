import type { Marks } from '@sallyport/dataplane';
import type { IptablesState } from '../netfilter-state.ts';
import type { NftTable, NftTables } from '../nftables/nft-table.ts';
import type { Change, NftKernel } from '../nftables/open-nftables.ts';
import { nftablesOn } from '../nftables/open-nftables.ts';
import type { Netfilter } from '../open-netfilter.ts';

/** The backend nftables in memory. */
export function fakeNftables(marks: Marks): Netfilter {
  return nftablesOn(new FakeNftKernel(), marks);
}

/** The kernel's tables in memory, and a Node with iptables. */
class FakeNftKernel implements NftKernel {
  tables: NftTables = {};
  filter: IptablesState = { chains: [], jumps: [] };
  rival: string | undefined;

  readTables(): Promise<NftTables> {
    return Promise.resolve(this.tables);
  }

  load({ script, tables }: Change): Promise<void> {
    if (script.includes('element inet') && !script.includes('table inet') && !this.tables.main) {
      return Promise.reject(new Error('Error: No such file or directory'));
    }
    this.tables = {
      ...(tables.main && { main: asReadBack(tables.main) }),
      ...(tables.guard && { guard: asReadBack(tables.guard) }),
    };
    return Promise.resolve();
  }

  readFilter(): Promise<IptablesState> {
    return Promise.resolve(this.filter);
  }

  applyFilter({ chains, jumps }: Parameters<NftKernel['applyFilter']>[0]): Promise<void> {
    this.filter = { chains, jumps: jumps.map((jump) => ({ ...jump, first: true })) };
    return Promise.resolve();
  }

  findRival(): Promise<string | undefined> {
    return Promise.resolve(this.rival);
  }
}

/** The kernel keeps neither the texts of rules nor those of declarations. */
function asReadBack({ chains, sets }: NftTable): NftTable {
  return {
    chains: new Map(
      [...chains].map(([name, chain]) => [
        name,
        { ...chain, rules: chain.rules.map(({ comment }) => ({ text: '', comment })) },
      ]),
    ),
    sets: new Map([...sets].map(([name, { elements }]) => [name, { declaration: '', elements }])),
  };
}

import type { Marks } from '@sallyport/dataplane';
import type { NetfilterState } from '../netfilter-state.ts';
import { pathOfChain } from '../nftables/nft-content.ts';
import type { NftTable, NftTables } from '../nftables/nft-table.ts';
import { readContent } from '../nftables/read-nftables.ts';
import { nftChainName, renderNftRule } from '../nftables/render-nft-rule.ts';
import { ownChains } from '../own-rules.ts';
import { markOf } from '../path-marks.ts';
import { renderRule } from '../render-rule.ts';
import { JUMPS } from '../render-rules.ts';

/**
 * The main table as the same chains and sets of iptables, so that one model evaluates both. Throws
 * where the kernel refuses the table: a verdict needs its chain.
 */
export function nftView({ main }: NftTables, marks: Marks): NetfilterState {
  if (main === undefined) {
    return { sets: {}, rules: { chains: [], jumps: [] } };
  }
  const { internal, nodes, snatIds } = readContent({ main });
  const chains = ownChains({ snatIds, tunnelPort: 0 }, marks)
    .filter(({ table }) => table !== 'filter')
    .flatMap(({ table, name, rules }) => {
      const observed = main.chains.get(nftChainName(table, name));
      const texts = new Map(
        rules.map((rule) => [renderNftRule(rule, table, marks).comment, renderRule(rule)]),
      );
      return observed === undefined
        ? []
        : [
            {
              table,
              name,
              // Rules that depend on the port of the tunnel concern no packet of the model.
              rules: observed.rules.flatMap(({ comment }) => texts.get(comment) ?? []),
            },
          ];
    });
  return {
    sets: { pods: podMarks(main, snatIds, marks), internal, nodes },
    rules: {
      chains,
      jumps: JUMPS.filter(({ table, to }) =>
        chains.some((chain) => chain.table === table && chain.name === to),
      ),
    },
  };
}

function podMarks(
  main: NftTable,
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): NonNullable<NetfilterState['sets']['pods']> {
  const paths = main.sets.get('paths4')?.elements ?? new Map<string, string>();
  const members = main.sets.get('pods4')?.elements ?? new Map<string, string>();
  return new Map(
    [...members.keys()].map((ip) => {
      const chain = paths.get(ip)?.slice('jump '.length);
      if (chain !== undefined && !main.chains.has(chain)) {
        throw new Error(`Could not process rule: no chain ${chain}`);
      }
      const path = chain === undefined ? undefined : pathOfChain(chain, snatIds);
      // A member without a mark.
      return [
        ip,
        path === undefined || path.kind === 'unknown' ? { mark: 0, mask: 0 } : markOf(path, marks),
      ];
    }),
  );
}

import type { RunCommand } from '@sallyport/command';
import type { Marks, ObservedNetfilter, ObservedPath, SetChange } from '@sallyport/dataplane';
import { INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type { BackendOperation } from './netfilter-operation.ts';
import type { IpsetState, IptablesState } from './netfilter-state.ts';
import { TABLE_NAMES } from './nftables/nft-table.ts';
import { makeTables, openNftables } from './nftables/open-nftables.ts';
import { observeIpsets, observeIptables, saveIptables } from './observe-netfilter.ts';
import { openIptables } from './open-iptables.ts';
import { readNetfilter } from './read-netfilter.ts';
import { renderRestore } from './render-restore.ts';
import { renderRules } from './render-rules.ts';
import { unlessRefused } from './unless-refused.ts';

/** The configuration that both backends need. */
export interface BackendConfig {
  readonly marks: Marks;
  readonly tunnelPort: number;
}

/**
 * Makes the nftables tables with the meaning of the iptables rules, and then deletes those rules
 * and their sets. Packets find the same marks and SNAT ids in either. Without such rules it does
 * nothing. The accepting rules of the filter table stay.
 */
export async function leaveIptables(run: RunCommand, config: BackendConfig): Promise<void> {
  const state = await unlessRefused(readIptables(run));
  if (state === undefined || isEmpty(state.sets, state.rules)) {
    return;
  }
  const { marks, tunnelPort } = config;
  const observed = readNetfilter(state, marks);
  const present = await openNftables(run, marks).observe();
  if (present.paths === undefined) {
    const content = {
      paths: blockedWhereUnknown(observed.paths ?? NO_PATHS),
      internal: observed.internal ?? NO_MEMBERS,
      nodes: observed.nodes ?? NO_MEMBERS,
      snatIds: observed.snatIds,
      tunnelPort,
      unrepaired: observed.health !== 'intact',
    };
    await run(['nft', '-f', '-'], { stdin: makeTables(content, marks).script });
  }
  const accepting = {
    op: 'iptables-restore',
    chains: state.rules.chains.filter(({ table }) => table === 'filter'),
    jumps: state.rules.jumps.filter(({ table }) => table === 'filter'),
  } as const;
  const stdin = renderRestore(accepting, await saveIptables(run));
  if (stdin !== '') {
    await run(['iptables-restore', '--noflush', '-w', '5'], { stdin });
  }
  for (const set of setsOf(state.sets)) {
    // A set that a rule still names stays: it does no harm beside the tables.
    await unlessRefused(run(['ipset', 'destroy', set]));
  }
}

/** The same in the other direction. */
export async function leaveNftables(run: RunCommand, config: BackendConfig): Promise<void> {
  const { marks, tunnelPort } = config;
  const observed = await unlessRefused(openNftables(run, marks).observe());
  if (observed?.paths === undefined) {
    return;
  }
  const iptables = openIptables(run, marks);
  if ((await iptables.observe()).paths === undefined) {
    const { chains, jumps } = renderRules({ snatIds: observed.snatIds, tunnelPort }, marks);
    await iptables.apply({ op: 'update-sets', changes: membersOf(observed) });
    await iptables.apply({ op: 'iptables-restore', chains, jumps });
  }
  const tables = Object.values(TABLE_NAMES).map(
    (name) => `table inet ${name}\ndelete table inet ${name}\n`,
  );
  await run(['nft', '-f', '-'], { stdin: tables.join('') });
}

const NO_PATHS: ReadonlyMap<string, ObservedPath> = new Map();
const NO_MEMBERS: ReadonlySet<string> = new Set();

/** Where iptables cannot read its table, no rule says how a Pod's packets leave. */
function blockedWhereUnknown(
  paths: ReadonlyMap<string, ObservedPath>,
): ReadonlyMap<string, ObservedPath> {
  return new Map(
    [...paths].map(([ip, path]) => [ip, path.kind === 'unknown' ? { kind: 'blocked' } : path]),
  );
}

async function readIptables(
  run: RunCommand,
): Promise<{ readonly sets: IpsetState; readonly rules: IptablesState }> {
  return { sets: await observeIpsets(run), rules: await observeIptables(run) };
}

function isEmpty(sets: IpsetState, { chains }: IptablesState): boolean {
  return setsOf(sets).length === 0 && chains.every(({ table }) => table === 'filter');
}

function setsOf({ pods, internal, nodes }: IpsetState): readonly string[] {
  return [
    ...(pods === undefined ? [] : [PODS_SET]),
    ...(internal === undefined ? [] : [INTERNAL_SET]),
    ...(nodes === undefined ? [] : [NODES_SET]),
  ];
}

function membersOf(observed: ObservedNetfilter<BackendOperation>): readonly SetChange[] {
  const { paths = NO_PATHS, internal = NO_MEMBERS, nodes = NO_MEMBERS } = observed;
  return [
    { op: 'create-paths' },
    { op: 'create-internal' },
    { op: 'create-nodes' },
    ...[...paths].flatMap(([ip, path]): SetChange[] =>
      path.kind === 'unknown' ? [] : [{ op: 'set-path', ip, path }],
    ),
    ...[...internal].map((cidr): SetChange => ({ op: 'add-internal', cidr })),
    ...[...nodes].map((ip): SetChange => ({ op: 'add-node', ip })),
  ];
}

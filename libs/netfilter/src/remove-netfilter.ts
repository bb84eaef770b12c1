import type { RunCommand } from '@sallyport/command';
import type { ConnectionSelector, ObservedNetfilter, SetChange } from '@sallyport/dataplane';
import { INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type { BackendOperation } from './netfilter-operation.ts';
import { TABLE_NAMES } from './nftables/nft-table.ts';
import { openNftables } from './nftables/open-nftables.ts';
import { unlessNoNfTables } from './nftables/unless-no-nf-tables.ts';
import { saveIptables } from './observe-netfilter.ts';
import { openIptables } from './open-iptables.ts';
import { renderRestore } from './render-restore.ts';
import type { BackendConfig } from './take-over.ts';
import { unlessRefused } from './unless-refused.ts';

/**
 * Removes our rules and sets of both backends. All selected Pods are blocked first, and stay so
 * until `whileBlocked` has deleted these connections and everything that relies on marks. When that
 * rejects, they stay blocked.
 */
export async function removeNetfilter(
  run: RunCommand,
  { marks }: Pick<BackendConfig, 'marks'>,
  whileBlocked: (connections: readonly ConnectionSelector[]) => Promise<void>,
): Promise<void> {
  const connections: ConnectionSelector[] = [];
  for (const backend of [openNftables(run, marks), openIptables(run, marks)]) {
    const observed = await unlessNoNfTables(unlessRefused(backend.observe()));
    const changes = blockingChanges(observed);
    if (changes.length > 0) {
      await backend.apply({ op: 'update-sets', changes });
    }
    connections.push(...connectionsOf(observed));
  }
  await whileBlocked(connections);
  await removeIptables(run);
  await unlessRefused(run(['nft', '-f', '-'], { stdin: DELETE_TABLES }));
}

type Observed = ObservedNetfilter<BackendOperation> | undefined;

function blockingChanges(observed: Observed): readonly SetChange[] {
  return [...(observed?.paths ?? [])]
    .filter(([, { kind }]) => kind !== 'blocked')
    .map(([ip]) => ({ op: 'set-path', ip, path: { kind: 'blocked' } }) as const);
}

function connectionsOf(observed: Observed): readonly ConnectionSelector[] {
  const internal = [...(observed?.internal ?? [])];
  return [
    ...[...(observed?.paths ?? [])].map(([ip]) => ({ kind: 'pod', ip, internal }) as const),
    ...[...(observed?.snatIds ?? [])].map(([snatId]) => ({ kind: 'snat-id', snatId }) as const),
  ];
}

/** The built-in chains stay, even where they are empty: other software may have made them. */
async function removeIptables(run: RunCommand): Promise<void> {
  const present = await unlessRefused(saveIptables(run));
  if (present !== undefined) {
    const stdin = renderRestore({ op: 'iptables-restore', chains: [], jumps: [] }, present);
    if (stdin !== '') {
      await run(['iptables-restore', '--noflush', '-w', '5'], { stdin });
    }
  }
  for (const set of [PODS_SET, INTERNAL_SET, NODES_SET]) {
    await unlessRefused(run(['ipset', 'destroy', set]));
  }
}

/** One transaction; a table that does not exist is no error. */
const DELETE_TABLES = Object.values(TABLE_NAMES)
  .map((name) => `table inet ${name}\ndelete table inet ${name}\n`)
  .join('');

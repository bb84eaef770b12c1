import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { openConntrack } from '@sallyport/conntrack';
import type { NewConnection } from '@sallyport/conntrack/testing';
import { ConntrackTable } from '@sallyport/conntrack/testing';
import type { ConnectionSelector } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import { openNetfilterSocket } from '@sallyport/nfnetlink';
import type { Spread } from './spread.ts';
import { spreadOf } from './spread.ts';

/** Selected Pods with connections, beside {@link OTHER_CONNECTIONS} of one that is not selected. */
export interface DeletionCase {
  readonly pods: number;
  readonly connectionsOfPod: number;
  readonly rounds: number;
}

export const OTHER_CONNECTIONS = 10_000;

const OTHER_POD = '10.245.0.1';
/** Like those of a cluster with a hundred Nodes. */
const INTERNAL = [
  '10.244.0.0/16',
  '10.96.0.0/12',
  ...Array.from({ length: 100 }, (_, node) => `192.168.78.${node + 11}/32`),
];
/** Entries that are made at a time, so that the bench itself needs little memory. */
const CHUNK = 1000;

const table = new ConntrackTable(openNetfilterSocket);
const conntrack = openConntrack(defaultMarks);

/**
 * Deletes the connections of the selected Pods from the table of this network namespace, in wall
 * time. Throws unless exactly these are gone afterwards. The first round counts like the others: an
 * agent, too, does it with cold code.
 */
export async function measureDeletions({
  pods,
  connectionsOfPod,
  rounds,
}: DeletionCase): Promise<Spread> {
  await requireRoom(pods * connectionsOfPod + OTHER_CONNECTIONS);
  await table.flush();
  await create([OTHER_POD], OTHER_CONNECTIONS);
  const sources = Array.from({ length: pods }, (_, pod) => podIP(pod));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await create(sources, connectionsOfPod);
    times.push(await timeOf(() => deleteConnectionsOf(sources)));
    assert.deepEqual(await connectionsBySource(), new Map([[OTHER_POD, OTHER_CONNECTIONS]]));
  }
  await table.flush();
  return spreadOf(times);
}

/** As {@link measureDeletions}, with no connection to delete: a dump of all the others. */
export async function measureDumps(connections: number, rounds: number): Promise<Spread> {
  await requireRoom(connections);
  await table.flush();
  await create([OTHER_POD], connections);
  // Too many for dumps of a part.
  const sources = Array.from({ length: 250 }, (_, pod) => podIP(pod));
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    times.push(await timeOf(() => deleteConnectionsOf(sources)));
  }
  assert.deepEqual(await connectionsBySource(), new Map([[OTHER_POD, connections]]));
  await table.flush();
  return spreadOf(times);
}

/** A full table refuses entries, or drops others. */
async function requireRoom(entries: number): Promise<void> {
  const max = Number(await readFile('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
  if (max < entries) {
    throw new Error(`net.netfilter.nf_conntrack_max is ${max}: the bench needs ${entries}`);
  }
}

/** Connections to as many destinations, none of which has two. */
async function create(sources: readonly string[], connectionsOfPod: number): Promise<void> {
  for (const [pod, source] of sources.entries()) {
    for (let first = 0; first < connectionsOfPod; first += CHUNK) {
      const length = Math.min(CHUNK, connectionsOfPod - first);
      await table.create(
        Array.from({ length }, (_, index) => ({
          ...connection(pod * connectionsOfPod + first + index),
          source,
          sourcePort: source === OTHER_POD ? 2000 : 1000,
        })),
      );
    }
  }
}

function connection(index: number): Omit<NewConnection, 'source' | 'sourcePort'> {
  return {
    destination: `100.${64 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
    translatedSource: '192.168.78.11',
    zone: 0,
  };
}

function podIP(pod: number): string {
  return `10.244.1.${pod}`;
}

async function deleteConnectionsOf(sources: readonly string[]): Promise<void> {
  const connections = sources.map((ip): ConnectionSelector => ({
    kind: 'pod',
    ip,
    internal: INTERNAL,
    keep: '192.168.77.200',
  }));
  await conntrack.apply({ op: 'delete-connections', connections });
}

async function connectionsBySource(): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await table.list(({ source }) => counts.set(source, (counts.get(source) ?? 0) + 1));
  return counts;
}

async function timeOf(action: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await action();
  return performance.now() - startedAt;
}

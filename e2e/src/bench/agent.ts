/**
 * `npm run bench:agent -- --native`: an agent's work that needs no Open vSwitch, on this machine's
 * kernel, in a network namespace of its own. Prints a table for people; with `--json`, one line of
 * JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { measureDeletions, measureDumps, OTHER_CONNECTIONS } from './deletion-rounds.ts';
import { EGRESS_IPS, measurePlans, PODS } from './plan-rounds.ts';
import { measurePodChanges } from './pod-change-rounds.ts';
import type { Spread } from './spread.ts';
import { spreadOf, textOf } from './spread.ts';

/** Says to the second process of the bench that it is in a namespace already. */
const IN_NAMESPACE = '--in-namespace';
const ROUNDS = 7;
const POD_CHANGES = 100;
/** With {@link OTHER_CONNECTIONS} about as many as the usual nf_conntrack_max. */
const MANY = { pods: 250, connectionsOfPod: 1000 };

/** The times of a figure; without a goal it is for comparison. */
interface Figure {
  readonly what: string;
  readonly spread: Spread;
  readonly goalMs?: number;
}

if (process.argv.includes(IN_NAMESPACE)) {
  await bench();
} else if (process.argv.includes('--native')) {
  process.exitCode = await inNamespace();
} else {
  console.error('usage: npm run bench:agent -- --native [--json]');
  process.exitCode = 2;
}

/** Runs this program in a new network namespace. Resolves with its exit status. */
async function inNamespace(): Promise<number> {
  // Without root, a user namespace gives the capability for the new network.
  const namespaces = process.getuid?.() === 0 ? ['--net'] : ['--net', '--map-root-user'];
  const [file = '', ...args] = process.argv.slice(1);
  const node = [process.execPath, ...process.execArgv, file, ...args, IN_NAMESPACE];
  const child = spawn('unshare', [...namespaces, '--', ...node], { stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status ?? 1;
}

async function bench(): Promise<void> {
  const changes = await measurePodChanges('nftables', POD_CHANGES);
  const figures = {
    podChangeMs: {
      what: `one Pod more or less of ${PODS}, ${POD_CHANGES} times`,
      spread: spreadOf(changes.timesMs),
    },
    podChangeP99Ms: {
      what: 'the second slowest of these',
      spread: spreadOf(changes.timesMs.toSorted((a, b) => a - b).slice(-2, -1)),
      goalMs: 20,
    },
    deleteConnectionsMs: {
      what: '10,000 connections of one Pod deleted',
      spread: await measureDeletions({ pods: 1, connectionsOfPod: 10_000, rounds: ROUNDS }),
      goalMs: 200,
    },
    deleteManyConnectionsMs: {
      what: '250 Pods x 1,000 connections deleted',
      spread: await measureDeletions({ ...MANY, rounds: ROUNDS }),
      goalMs: 3000,
    },
    dumpConnectionsMs: {
      what: '262,144 connections listed, none deleted',
      spread: await measureDumps(262_144, ROUNDS),
    },
    planDiffMs: {
      what: `${PODS} Pods x ${EGRESS_IPS} egress IPs planned, slowest state (CPU)`,
      spread: slowestPlan(),
    },
  } satisfies Record<string, Figure>;
  if (process.argv.includes('--json')) {
    printJson(figures, changes.programs);
  } else {
    printTable(Object.values(figures));
    console.log(`programs started by one such change: ${changes.programs}`);
  }
}

function slowestPlan(): Spread {
  const spreads = measurePlans().map(({ totalMs }) => totalMs);
  return spreads.reduce((slowest, spread) => (spread.median > slowest.median ? spread : slowest));
}

function printJson(figures: Readonly<Record<string, Figure>>, programs: number): void {
  const values = (valueOf: (figure: Figure) => unknown): object =>
    Object.fromEntries(Object.entries(figures).map(([name, figure]) => [name, valueOf(figure)]));
  console.log(
    JSON.stringify({
      bench: 'agent',
      mode: 'native',
      rounds: ROUNDS,
      programsPerPodChange: programs,
      ...values(({ spread }) => spread.median),
      spreads: values(({ spread }) => spread),
    }),
  );
}

function printTable(figures: readonly Figure[]): void {
  console.log(
    `ms, median (min-max) of ${ROUNDS} rounds, beside ${OTHER_CONNECTIONS} connections of another Pod`,
  );
  for (const { what, spread, goalMs } of figures) {
    const goal = goalMs === undefined ? '' : `goal ${goalMs}`;
    console.log(`${what.padEnd(64)}${textOf(spread).padEnd(32)}${goal}`);
  }
}

import assert from 'node:assert/strict';
import type { DesiredNetfilter, SetChange } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type { IptablesOperation } from '../netfilter-operation.ts';
import type { IptablesState } from '../netfilter-state.ts';
import type { Netfilter } from '../open-netfilter.ts';
import { markOf } from '../path-marks.ts';
import { readNetfilter } from '../read-netfilter.ts';
import { renderRules } from '../render-rules.ts';

/** A case that the real adapter and its fake pass, beginning with nothing of ours. */
export interface NetfilterCase {
  readonly name: string;
  readonly run: (netfilter: Netfilter) => Promise<void>;
}

const DESIRED: DesiredNetfilter = {
  paths: new Map([
    ['10.244.1.11', { kind: 'translated', snatId: 1, egressIP: '192.168.77.200' }],
    ['10.244.1.12', { kind: 'redirected' }],
    ['10.244.1.13', { kind: 'blocked' }],
  ]),
  internal: new Set(['10.244.0.0/16', '192.168.77.11/32']),
  snatIds: new Map([
    [1, '192.168.77.200'],
    [2, '192.168.77.201'],
  ]),
  nodes: new Set(['192.168.77.12', '192.168.77.13']),
  tunnelPort: 6081,
};
const CREATE: readonly SetChange[] = [
  { op: 'create-paths' },
  { op: 'create-internal' },
  { op: 'create-nodes' },
];

export const netfilterContract: readonly NetfilterCase[] = [
  {
    name: 'has nothing of ours at first, and takes neither members nor rules without the sets',
    run: hasNothingWithoutSets,
  },
  {
    name: 'reads all sets back, also when a change is applied again or has no effect',
    run: readsBackSets,
  },
  {
    name: 'reads every rule and jump back in the words of the renderer, also when restored again',
    run: readsBackRules,
  },
  {
    name: 'is intact when it was just made, and reads back as desired',
    run: isIntactWhenMade,
  },
  {
    name: 'replaces the rules of a chain, and removes a chain that is not wanted',
    run: replacesRules,
  },
];

async function hasNothingWithoutSets(netfilter: Netfilter): Promise<void> {
  assert.deepEqual(await netfilter.observeSets(), {});
  assert.deepEqual(await netfilter.observeRules(), { chains: [], jumps: [] });
  await assert.rejects(
    netfilter.apply({
      op: 'update-sets',
      changes: [{ op: 'add-internal', cidr: '10.244.0.0/16' }],
    }),
  );
  await assert.rejects(netfilter.apply(restore(DESIRED)));
}

async function readsBackSets(netfilter: Netfilter): Promise<void> {
  const changes: readonly SetChange[] = [
    ...CREATE,
    { op: 'set-path', ip: '10.244.1.12', path: { kind: 'blocked' } },
    ...membersOf(DESIRED),
    { op: 'delete-path', ip: '10.244.1.99' },
    { op: 'delete-internal', cidr: '10.9.0.0/16' },
    { op: 'delete-node', ip: '10.9.0.1' },
  ];
  await netfilter.apply({ op: 'update-sets', changes });
  await netfilter.apply({ op: 'update-sets', changes });
  const { pods, internal, nodes } = await netfilter.observeSets();
  assert.deepEqual(
    pods,
    new Map([...DESIRED.paths].map(([ip, path]) => [ip, markOf(path, defaultMarks)])),
  );
  assert.deepEqual(internal, DESIRED.internal);
  assert.deepEqual(nodes, DESIRED.nodes);
  await netfilter.apply({
    op: 'update-sets',
    changes: [
      { op: 'delete-path', ip: '10.244.1.11' },
      { op: 'delete-internal', cidr: '192.168.77.11/32' },
      { op: 'delete-node', ip: '192.168.77.12' },
    ],
  });
  const after = await netfilter.observeSets();
  assert.deepEqual([...(after.pods?.keys() ?? [])].sort(), ['10.244.1.12', '10.244.1.13']);
  assert.deepEqual(after.internal, new Set(['10.244.0.0/16']));
  assert.deepEqual(after.nodes, new Set(['192.168.77.13']));
}

async function readsBackRules(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  await netfilter.apply(restore(DESIRED));
  assert.deepEqual(
    sorted(await netfilter.observeRules()),
    sorted(renderRules(DESIRED, defaultMarks)),
  );
}

async function isIntactWhenMade(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  const [sets, rules] = [await netfilter.observeSets(), await netfilter.observeRules()];
  const observed = readNetfilter({ sets, rules }, defaultMarks);
  assert.equal(observed.health, 'intact');
  assert.deepEqual(observed.paths, DESIRED.paths);
  assert.deepEqual(observed.snatIds, DESIRED.snatIds);
  assert.deepEqual(observed.diffRules(DESIRED), { add: [], remove: [] });
}

async function replacesRules(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  const fewer = { ...DESIRED, snatIds: new Map([[2, '192.168.77.201']]) };
  await netfilter.apply(restore(fewer));
  const rendered = renderRules(fewer, defaultMarks);
  assert.deepEqual(sorted(await netfilter.observeRules()), sorted(rendered));
  const isNat = ({ table }: { readonly table: string }): boolean => table === 'nat';
  const { op, chains, jumps } = restore(fewer);
  const withoutNat = {
    op,
    chains: chains.filter((chain) => !isNat(chain)),
    jumps: jumps.filter((jump) => !isNat(jump)),
  };
  await netfilter.apply(withoutNat);
  const { chains: left, jumps: leftJumps } = await netfilter.observeRules();
  assert.deepEqual([left.some(isNat), leftJumps.some(isNat)], [false, false]);
}

function restore(desired: DesiredNetfilter): IptablesOperation {
  const { chains, jumps } = renderRules(desired, defaultMarks);
  return {
    op: 'iptables-restore',
    chains,
    jumps: jumps.map(({ table, from, to }) => ({ table, from, to })),
  };
}

function membersOf({ paths, internal, nodes }: DesiredNetfilter): readonly SetChange[] {
  return [
    ...[...paths].map(([ip, path]) => ({ op: 'set-path', ip, path }) as const),
    ...[...internal].map((cidr) => ({ op: 'add-internal', cidr }) as const),
    ...[...nodes].map((ip) => ({ op: 'add-node', ip }) as const),
  ];
}

async function realize(netfilter: Netfilter): Promise<void> {
  await netfilter.apply({ op: 'update-sets', changes: [...CREATE, ...membersOf(DESIRED)] });
  await netfilter.apply(restore(DESIRED));
}

/** iptables-save prints tables and chains in an order of its own; that of rules is ours. */
function sorted({ chains, jumps }: IptablesState): IptablesState {
  return {
    chains: chains.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    jumps: jumps.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
  };
}

function keyOf(
  item: { readonly table: string } & ({ readonly name: string } | { readonly from: string }),
): string {
  return `${item.table} ${'name' in item ? item.name : item.from}`;
}

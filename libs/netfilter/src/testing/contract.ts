import assert from 'node:assert/strict';
import type { DesiredNetfilter, ObservedNetfilter, SetChange } from '@sallyport/dataplane';
import type { BackendOperation } from '../netfilter-operation.ts';
import type { Netfilter } from '../open-netfilter.ts';

/** A case that every backend and its fake pass, beginning with nothing of ours. */
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
  // Two of them overlap.
  internal: new Set(['10.244.0.0/16', '10.244.1.0/24', '192.168.77.11/32']),
  snatIds: new Map([
    [1, '192.168.77.200'],
    [2, '192.168.77.201'],
  ]),
  nodes: new Set(['192.168.77.12', '192.168.77.13']),
  tunnelPort: 6081,
};

export const netfilterContract: readonly NetfilterCase[] = [
  {
    name: 'has nothing of ours at first, and takes no members without the sets',
    run: hasNothingWithoutSets,
  },
  {
    name: 'is intact when it was just made, also when made again, and reads back as desired',
    run: isIntactWhenMade,
  },
  {
    name: 'changes the sets, also when a change is applied again or has no effect',
    run: changesSets,
  },
  {
    name: 'has the rules of new SNAT ids beside the old ones, until these are removed',
    run: replacesRules,
  },
];

async function hasNothingWithoutSets(netfilter: Netfilter): Promise<void> {
  const { paths, internal, nodes, snatIds, health } = await netfilter.observe();
  assert.deepEqual([paths, internal, nodes, snatIds.size], [undefined, undefined, undefined, 0]);
  assert.equal(health, 'damaged');
  await assert.rejects(
    netfilter.apply({
      op: 'update-sets',
      changes: [{ op: 'add-internal', cidr: '10.244.0.0/16' }],
    }),
  );
}

async function isIntactWhenMade(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  await realize(netfilter);
  const observed = await netfilter.observe();
  assertIs(observed, DESIRED);
  assert.equal(observed.rival, undefined);
}

async function changesSets(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  const changes: readonly SetChange[] = [
    { op: 'set-path', ip: '10.244.1.11', path: { kind: 'blocked' } },
    {
      op: 'set-path',
      ip: '10.244.1.13',
      path: { kind: 'translated', snatId: 2, egressIP: '192.168.77.201' },
    },
    { op: 'delete-path', ip: '10.244.1.12' },
    { op: 'delete-path', ip: '10.244.1.99' },
    // The one that contains another, which stays.
    { op: 'delete-internal', cidr: '10.244.0.0/16' },
    { op: 'delete-internal', cidr: '10.9.0.0/16' },
    { op: 'add-internal', cidr: '10.96.0.0/12' },
    { op: 'delete-node', ip: '192.168.77.12' },
    { op: 'delete-node', ip: '10.9.0.1' },
  ];
  await netfilter.apply({ op: 'update-sets', changes });
  await netfilter.apply({ op: 'update-sets', changes });
  assertIs(await netfilter.observe(), {
    ...DESIRED,
    paths: new Map([
      ['10.244.1.11', { kind: 'blocked' }],
      ['10.244.1.13', { kind: 'translated', snatId: 2, egressIP: '192.168.77.201' }],
    ]),
    internal: new Set(['10.244.1.0/24', '10.96.0.0/12', '192.168.77.11/32']),
    nodes: new Set(['192.168.77.13']),
  });
}

async function replacesRules(netfilter: Netfilter): Promise<void> {
  await realize(netfilter);
  const desired: DesiredNetfilter = {
    ...DESIRED,
    snatIds: new Map([
      [2, '192.168.77.201'],
      [3, '192.168.77.202'],
    ]),
    tunnelPort: 6083,
  };
  const { add, remove } = (await netfilter.observe()).diffRules(desired);
  await applyAll(netfilter, add);
  const between = await netfilter.observe();
  assert.deepEqual([...between.snatIds.keys()].sort(), [1, 2, 3]);
  assert.deepEqual(between.paths, DESIRED.paths);
  assert.equal(between.health, 'intact');
  const path = { kind: 'translated', snatId: 3, egressIP: '192.168.77.202' } as const;
  await netfilter.apply({
    op: 'update-sets',
    changes: [{ op: 'set-path', ip: '10.244.1.11', path }],
  });
  await applyAll(netfilter, remove);
  const after = { ...desired, paths: new Map([...DESIRED.paths, ['10.244.1.11', path]]) };
  assertIs(await netfilter.observe(), after);
}

function assertIs(
  observed: ObservedNetfilter<BackendOperation>,
  { paths, internal, nodes, snatIds, ...rest }: DesiredNetfilter,
): void {
  assert.equal(observed.health, 'intact');
  assert.deepEqual(observed.paths, paths);
  assert.deepEqual(observed.internal, internal);
  assert.deepEqual(observed.nodes, nodes);
  assert.deepEqual(observed.snatIds, snatIds);
  const desired = { paths, internal, nodes, snatIds, ...rest };
  assert.deepEqual(observed.diffRules(desired), { add: [], remove: [] });
}

/** In the order of a repair: no path needs a rule that is not there yet. */
async function realize(netfilter: Netfilter): Promise<void> {
  const create: readonly SetChange[] = [
    { op: 'create-paths' },
    { op: 'create-internal' },
    { op: 'create-nodes' },
  ];
  await netfilter.apply({ op: 'update-sets', changes: create });
  const { add, remove } = (await netfilter.observe()).diffRules(DESIRED);
  await applyAll(netfilter, add);
  await netfilter.apply({
    op: 'update-sets',
    changes: [
      ...[...DESIRED.paths].map(([ip, path]) => ({ op: 'set-path', ip, path }) as const),
      ...[...DESIRED.internal].map((cidr) => ({ op: 'add-internal', cidr }) as const),
      ...[...DESIRED.nodes].map((ip) => ({ op: 'add-node', ip }) as const),
    ],
  });
  // The mark of a repair goes.
  await applyAll(netfilter, remove);
}

async function applyAll(
  netfilter: Netfilter,
  operations: readonly BackendOperation[],
): Promise<void> {
  for (const operation of operations) {
    await netfilter.apply(operation);
  }
}

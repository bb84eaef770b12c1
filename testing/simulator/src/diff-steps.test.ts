import type { GroupSketch } from '@sallyport/dataplane/testing';
import { network, node } from '@sallyport/dataplane/testing';
import type { NftTable } from '@sallyport/netfilter';
import { EMPTY_ROUTING } from '@sallyport/rtnetlink/testing';
import fc from 'fast-check';
import { applyOperation } from './apply-operation.ts';
import { runs } from './fc-runs.ts';
import { intentForPod, intentForTunnel } from './intents.ts';
import { blockingOperationsFor, operationsFor, realized } from './plan.ts';
import type { Subject } from './run-plan.ts';
import { runPlan } from './run-plan.ts';
import { send } from './send.ts';
import type { World } from './world.ts';
import { emptyWorld, withTables } from './world.ts';

const localPods = ['10.244.1.11', '10.244.1.12', '10.244.1.13'];
const remotePod = '10.244.2.21';
const tunnelIDs = [70, 71, 72];
const external = '203.0.113.10';
const internalPod = '10.244.3.31';

const groupSketches = fc
  .tuple(
    ...tunnelIDs.map((tunnelID) =>
      fc.option(
        fc.record(
          {
            name: fc.constant(`e${tunnelID}`),
            tunnelID: fc.constant(tunnelID),
            egressIP: fc.constantFrom('192.168.77.200', '192.168.77.201', '192.168.77.202'),
            gateway: fc.constantFrom('n1', 'n1', 'n2', 'n3'),
            pods: fc.subarray(localPods),
          },
          { requiredKeys: ['name', 'tunnelID', 'pods'] },
        ),
        { nil: undefined },
      ),
    ),
  )
  .map((groups): readonly GroupSketch[] => groups.filter((group) => group !== undefined));

describe.each(['iptables', 'nftables'] as const)('diffSteps with %s', (backend) => {
  it('never lets a packet leave with a wrong address, and disturbs no unaffected traffic', () => {
    fc.assert(
      fc.property(fc.array(groupSketches, { minLength: 1, maxLength: 4 }), (history) => {
        let world = emptyWorld(node.ip, backend);
        let before: readonly GroupSketch[] = [];
        history.forEach((groups, index) => {
          const run = runPlan(
            world,
            operationsFor(world, groups),
            subjects([before], groups),
            history.slice(0, index).map((_, port) => 1000 + port),
          );
          expect(run.leaks).toEqual([]);
          expect(operationsFor(run.world, groups)).toEqual([]);
          world = run.world;
          before = groups;
        });
      }),
      { numRuns: runs(40) },
    );
  });

  it('continues from any operation at which an agent was stopped', () => {
    const histories = fc.array(fc.tuple(groupSketches, fc.nat(12)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(histories, groupSketches, (history, last) => {
        let world = emptyWorld(node.ip, backend);
        const seen: (readonly GroupSketch[])[] = [[]];
        for (const [groups, count] of history) {
          const steps = operationsFor(world, groups).slice(0, count);
          const watched = subjects([...seen, groups], groups).map((subject) => ({
            ...subject,
            steady: false,
          }));
          // The end does not count: the agent was stopped half-way.
          const run = runPlan(world, steps, watched, [1000]);
          expect(run.leaks.filter((leak) => !leak.startsWith('in the end'))).toEqual([]);
          world = run.world;
          seen.push(groups);
        }
        const watched = subjects(seen, last).map((subject) => ({ ...subject, steady: false }));
        const run = runPlan(world, operationsFor(world, last), watched, [1000]);
        expect(run.leaks).toEqual([]);
        expect(operationsFor(run.world, last)).toEqual([]);
      }),
      { numRuns: runs(40) },
    );
  });

  it.each<[string, (world: World) => World]>([
    ['every operation after the block is refused', (world) => world],
    ['Open vSwitch cannot be read', (world) => ({ ...world, ovs: { flows: [], groups: [] } })],
  ])('blocks newly selected Pods, and keeps the others as they are, when %s', (_, seen) => {
    const [stays, comes, goes] = localPods as [string, string, string];
    const there: GroupSketch = {
      name: 'a',
      tunnelID: 70,
      egressIP: '192.168.77.200',
      gateway: 'n2',
      pods: [stays],
    };
    const here: GroupSketch = {
      name: 'b',
      tunnelID: 71,
      egressIP: '192.168.77.201',
      gateway: 'n1',
      pods: [goes],
    };
    const nowHere: GroupSketch = { ...here, pods: [comes] };
    const world = realized([there, here], network, backend);
    const operations = blockingOperationsFor(seen(world), [there, nowHere]);
    const watched = [[stays, `tunnel 70 to 192.168.77.12`] as const, [comes, 'dropped'] as const];
    const after = operations.reduce(applyOperation, world);
    for (const [source, outcome] of watched) {
      expect(send(after, { source, destination: external, port: 1 }).outcome).toBe(outcome);
    }
    expect(operationsFor(after, [there, nowHere]).length).toBeGreaterThan(0);
  });

  it('blocks before anything that Open vSwitch, conntrack or a route can refuse', () => {
    const world = emptyWorld(node.ip, backend);
    const groups = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: localPods },
    ];
    expect(
      operationsFor(world, groups)
        .map(({ op }) => op)
        .slice(0, 4),
    ).toEqual([
      'update-sets',
      backend === 'nftables' ? 'nft-rules' : 'iptables-restore',
      'update-sets',
      'delete-connections',
    ]);
  });

  it('repairs damaged rules and the connections they let through, even when interrupted at any step', () => {
    fc.assert(
      fc.property(
        groupSketches,
        fc.array(fc.constantFrom(...damages[backend]), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.array(fc.record({ isBlind: fc.boolean(), count: fc.nat(12) }), { maxLength: 3 }),
        (groups, chosen, seed, attempts) => {
          let { world } = runPlan(
            emptyWorld(node.ip, backend),
            operationsFor(emptyWorld(node.ip, backend), groups),
            [],
          );
          for (const damage of chosen) {
            world = damage(world, seed);
          }
          // Traffic of unselected Pods is not ours to repair.
          const watched = subjects([], groups).filter(
            ({ destination, final }) =>
              destination === external && final !== `leaves as ${node.ip}`,
          );
          for (const subject of watched) {
            world = send(world, { ...subject, port: 2000 }).world;
          }
          for (const { isBlind, count } of attempts) {
            // Blind as while Open vSwitch cannot be read.
            const steps = isBlind
              ? blockingOperationsFor(world, groups)
              : operationsFor(world, groups);
            for (const step of steps.slice(0, count)) {
              world = applyOperation(world, step);
            }
          }
          for (const step of operationsFor(world, groups)) {
            world = applyOperation(world, step);
          }
          for (const subject of watched) {
            expect(send(world, { ...subject, port: 2000 }).outcome).toBe(subject.final);
          }
          expect(runPlan(world, [], watched, [2000]).leaks).toEqual([]);
          expect(operationsFor(world, groups)).toEqual([]);
        },
      ),
      { numRuns: runs(200) },
    );
  });
});

type Damage = (world: World, seed: number) => World;

const commonDamages: readonly Damage[] = [
  (world, seed) => ({ ...world, ovs: { ...world.ovs, flows: some(world.ovs.flows, seed) } }),
  (world) => ({ ...world, ovs: { flows: [], groups: [] } }),
  (world) => ({ ...world, routing: EMPTY_ROUTING }),
  ({ routing, ...world }, seed) => ({
    ...world,
    routing: {
      ...routing,
      routes: some(routing.routes, seed),
      rules: some(routing.rules, seed),
    },
  }),
];

const iptablesDamages: readonly Damage[] = [
  ({ sets, ...world }, seed) => ({
    ...world,
    sets: { ...sets, pods: new Map(some([...(sets.pods ?? [])], seed)) },
  }),
  ({ sets, ...world }, seed) => ({
    ...world,
    sets: { ...sets, internal: new Set(some([...(sets.internal ?? [])], seed)) },
  }),
  ({ sets, ...world }) => ({
    ...world,
    sets: {
      ...sets,
      pods: new Map([...(sets.pods ?? [])].map(([ip]) => [ip, { mark: 0x33, mask: 0x1cff }])),
    },
  }),
  ({ rules, ...world }, seed) => ({
    ...world,
    rules: { ...rules, jumps: some(rules.jumps, seed) },
  }),
  ({ rules, ...world }) => ({
    ...world,
    rules: { ...rules, jumps: rules.jumps.map((jump) => ({ ...jump, first: false })) },
  }),
  ({ rules, ...world }, seed) => ({
    ...world,
    rules: { ...rules, chains: some(rules.chains, seed) },
  }),
  ({ rules, ...world }, seed) => ({
    ...world,
    rules: {
      ...rules,
      chains: rules.chains.map((chain) => ({ ...chain, rules: some(chain.rules, seed) })),
    },
  }),
  ({ rules, ...world }) => ({
    ...world,
    rules: {
      ...rules,
      chains: rules.chains.map((chain) =>
        chain.table === 'nat' ? { ...chain, rules: ['-o eth0 -j ACCEPT', ...chain.rules] } : chain,
      ),
    },
  }),
];

/** Losses in the main table, as the guard does not matter for the sources of connections. */
const nftablesDamages: readonly Damage[] = [
  damageTable(() => undefined),
  damageTable(({ sets, chains }, seed) => ({
    chains,
    sets: new Map(
      [...sets].map(([name, set]) => [
        name,
        { ...set, elements: new Map(some([...set.elements], seed)) },
      ]),
    ),
  })),
  damageTable(({ sets, chains }, seed) => ({
    sets,
    chains: new Map(
      [...chains].map(([name, chain]) => [name, { ...chain, rules: some(chain.rules, seed) }]),
    ),
  })),
];

const damages = {
  iptables: [...commonDamages, ...iptablesDamages],
  nftables: [...commonDamages, ...nftablesDamages],
};

function damageTable(damage: (main: NftTable, seed: number) => NftTable | undefined): Damage {
  return (world, seed) => {
    const { main, ...rest } = world.nft ?? {};
    const damaged = main && damage(main, seed);
    return withTables(world, damaged === undefined ? rest : { ...rest, main: damaged });
  };
}

/** All senders that are watched while the Node goes through `before` to `after`. */
function subjects(
  before: readonly (readonly GroupSketch[])[],
  after: readonly GroupSketch[],
): readonly Subject[] {
  const all = [...before, after];
  const subject = (
    intents: readonly string[],
    rest: Pick<Subject, 'source' | 'destination' | 'tunnelID'>,
  ): Subject => ({
    ...rest,
    allowed: intents,
    steady: new Set(intents).size === 1,
    final: intents.at(-1)!,
  });
  return [
    ...localPods.map((source) =>
      subject(
        all.map((groups) => intentForPod(groups, source)),
        { source, destination: external },
      ),
    ),
    ...localPods.map((source) =>
      subject([`leaves as ${source}`], { source, destination: internalPod }),
    ),
    ...tunnelIDs.map((tunnelID) =>
      subject(
        all.map((groups) => intentForTunnel(groups, tunnelID)),
        { source: remotePod, destination: external, tunnelID },
      ),
    ),
  ];
}

/** Leaves out one in three, beginning anywhere. */
function some<T>(items: readonly T[], seed: number): T[] {
  return items.filter((_, index) => (index + seed) % 3 !== 0);
}

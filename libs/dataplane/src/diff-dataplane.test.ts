import fc from 'fast-check';
import { DEFAULT_TUNNEL_UDP_PORT } from './constants.ts';
import { diffCutOff, diffDataplane } from './diff-dataplane.ts';
import { defaultMarks } from './marks.ts';
import type { Operation } from './operation.ts';
import { planDataplane } from './plan-dataplane.ts';
import type { DataplaneState } from './state.ts';
import type { Subject, World } from './testing/index.ts';
import { applyOperation, emptyWorld, runPlan, send } from './testing/index.ts';
import type { GroupSketch } from './testing/scenario.ts';
import { egressGroup, intentForPod, intentForTunnel, network, node } from './testing/scenario.ts';

const localPods = ['10.244.1.11', '10.244.1.12', '10.244.1.13'];
const remotePod = '10.244.2.21';
const tunnelIDs = [70, 71, 72];
const external = '203.0.113.10';
const podInside = '10.244.3.31';

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

describe('diffDataplane', () => {
  it('never lets a packet leave with a wrong address, and disturbs nobody whom the change does not concern', () => {
    fc.assert(
      fc.property(fc.array(groupSketches, { minLength: 1, maxLength: 4 }), (history) => {
        let world = emptyWorld(node.ip);
        let before: readonly GroupSketch[] = [];
        history.forEach((groups, index) => {
          const run = runPlan(
            world,
            stepsTo(world, groups),
            subjects([before], groups),
            history.slice(0, index).map((_, port) => 1000 + port),
          );
          expect(run.leaks).toEqual([]);
          expect(stepsTo(run.world, groups)).toEqual([]);
          world = run.world;
          before = groups;
        });
      }),
      { numRuns: 40 },
    );
  });

  it('goes on from wherever an agent was stopped', () => {
    const histories = fc.array(fc.tuple(groupSketches, fc.nat(12)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(histories, groupSketches, (history, last) => {
        let world = emptyWorld(node.ip);
        const seen: (readonly GroupSketch[])[] = [[]];
        for (const [groups, count] of history) {
          const steps = stepsTo(world, groups).slice(0, count);
          const watched = subjects([...seen, groups], groups).map((subject) => ({
            ...subject,
            steady: false,
          }));
          // Where it ends up is of no interest: it was stopped half-way.
          const run = runPlan(world, steps, watched, [1000]);
          expect(run.leaks.filter((leak) => !leak.startsWith('in the end'))).toEqual([]);
          world = run.world;
          seen.push(groups);
        }
        const watched = subjects(seen, last).map((subject) => ({ ...subject, steady: false }));
        const run = runPlan(world, stepsTo(world, last), watched, [1000]);
        expect(run.leaks).toEqual([]);
        expect(stepsTo(run.world, last)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['every step after the cut is refused', diffCutOff],
    [
      'Open vSwitch cannot be read',
      (state: DataplaneState, desired: DataplaneState) =>
        diffCutOff({ ...state, ovs: { flows: [], groups: [] } }, desired, defaultMarks),
    ],
  ])(
    'lets newly selected Pods leave with no address but theirs, and keeps the others as they are, when %s',
    (_, cut) => {
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
      const world = stepsTo(emptyWorld(node.ip), [there, here]).reduce(
        applyOperation,
        emptyWorld(node.ip),
      );
      const steps = cut(world.state, planned(world, [there, nowHere]), defaultMarks);
      const watched = [[stays, `tunnel 70 to 192.168.77.12`] as const, [comes, 'dropped'] as const];
      const after = steps.reduce(applyOperation, world);
      for (const [source, outcome] of watched) {
        expect(send(after, { source, destination: external, port: 1 }).outcome).toBe(outcome);
      }
      expect(stepsTo(after, [there, nowHere]).length).toBeGreaterThan(0);
    },
  );

  it('cuts off before anything that Open vSwitch, conntrack or a route can refuse', () => {
    const world = emptyWorld(node.ip);
    const groups = [
      { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: localPods },
    ];
    expect(
      stepsTo(world, groups)
        .map(({ op }) => op)
        .slice(0, 4),
    ).toEqual(['ipset-restore', 'iptables-restore', 'ipset-restore', 'forget-connections']);
  });

  it('repairs what somebody else has damaged, and the connections that came to be meanwhile, however often it is stopped over it', () => {
    fc.assert(
      fc.property(
        groupSketches,
        fc.array(fc.constantFrom(...damages), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.array(fc.record({ isBlind: fc.boolean(), count: fc.nat(12) }), { maxLength: 3 }),
        (groups, chosen, seed, attempts) => {
          let { world } = runPlan(emptyWorld(node.ip), stepsTo(emptyWorld(node.ip), groups), []);
          for (const damage of chosen) {
            world = { ...world, state: damage(world.state, seed) };
          }
          // Whom no Egress selects is not ours to repair.
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
              ? diffCutOff(world.state, planned(world, groups), defaultMarks)
              : stepsTo(world, groups);
            for (const step of steps.slice(0, count)) {
              world = applyOperation(world, step);
            }
          }
          for (const step of stepsTo(world, groups)) {
            world = applyOperation(world, step);
          }
          for (const subject of watched) {
            expect(send(world, { ...subject, port: 2000 }).outcome).toBe(subject.final);
          }
          expect(runPlan(world, [], watched, [2000]).leaks).toEqual([]);
          expect(stepsTo(world, groups)).toEqual([]);
        },
      ),
      { numRuns: 200 },
    );
  });
});

const damages: readonly ((state: DataplaneState, seed: number) => DataplaneState)[] = [
  (state, seed) => ({ ...state, ovs: { ...state.ovs, flows: some(state.ovs.flows, seed) } }),
  (state) => ({ ...state, ovs: { flows: [], groups: [] } }),
  (state, seed) => ({
    ...state,
    ipsets: { ...state.ipsets, pods: new Map(some([...(state.ipsets.pods ?? [])], seed)) },
  }),
  (state, seed) => ({
    ...state,
    ipsets: { ...state.ipsets, skip: new Set(some([...(state.ipsets.skip ?? [])], seed)) },
  }),
  (state) => ({
    ...state,
    ipsets: {
      ...state.ipsets,
      pods: new Map(
        [...(state.ipsets.pods ?? [])].map(([ip]) => [ip, { mark: 0x33, mask: 0x1cff }]),
      ),
    },
  }),
  (state, seed) => ({
    ...state,
    iptables: { ...state.iptables, jumps: some(state.iptables.jumps, seed) },
  }),
  (state) => ({
    ...state,
    iptables: {
      ...state.iptables,
      jumps: state.iptables.jumps.map((jump) => ({ ...jump, first: false })),
    },
  }),
  (state, seed) => ({
    ...state,
    iptables: { ...state.iptables, chains: some(state.iptables.chains, seed) },
  }),
  (state, seed) => ({
    ...state,
    iptables: {
      ...state.iptables,
      chains: state.iptables.chains.map((chain) => ({ ...chain, rules: some(chain.rules, seed) })),
    },
  }),
  (state) => ({
    ...state,
    iptables: {
      ...state.iptables,
      chains: state.iptables.chains.map((chain) =>
        chain.table === 'nat' ? { ...chain, rules: ['-o eth0 -j ACCEPT', ...chain.rules] } : chain,
      ),
    },
  }),
  (state) => ({ ...state, routing: { rules: [], routes: [] } }),
  (state, seed) => ({
    ...state,
    routing: {
      ...state.routing,
      routes: some(state.routing.routes, seed),
      rules: some(state.routing.rules, seed),
    },
  }),
];

function stepsTo(world: World, groups: readonly GroupSketch[]): readonly Operation[] {
  return diffDataplane(world.state, planned(world, groups), defaultMarks);
}

function planned(world: World, groups: readonly GroupSketch[]): DataplaneState {
  return planDataplane({
    groups: groups.map(egressGroup),
    network,
    node,
    marks: defaultMarks,
    tunnelUdpPort: DEFAULT_TUNNEL_UDP_PORT,
    actual: world.state,
  }).desired;
}

/** Everybody whose packets are watched while the Node goes through `before` to `after`. */
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
      subject([`leaves as ${source}`], { source, destination: podInside }),
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

import assert from 'node:assert/strict';
import type { DesiredBridge } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type { Ovs } from '../open-ovs.ts';
import type { Flow, OvsState } from '../ovs-state.ts';
import { renderBridge } from '../render-bridge.ts';

/** A case that the real adapter and its fake pass, beginning without a bridge. */
export interface OvsCase {
  readonly name: string;
  readonly run: (ovs: Ovs) => Promise<void>;
}

const DESIRED: DesiredBridge = {
  ip: '192.168.77.11',
  peers: ['192.168.77.12', '192.168.77.13'],
  udpPort: 6081,
  redirects: new Map([['10.244.1.12', 4242]]),
  gateways: new Map([[4242, '192.168.77.12']]),
  translations: new Map([[77, 1]]),
};
const RENDERED = renderBridge(DESIRED, defaultMarks);
const GROUP = RENDERED.groups[0] ?? { id: 0, type: 'indirect', buckets: [] };
const PORTS = RENDERED.bridge?.ports ?? [];
const FLOW: Flow = { table: 0, priority: 7, match: 'ip,nw_src=10.244.1.99', actions: 'drop' };

export const ovsContract: readonly OvsCase[] = [
  {
    name: 'has nothing of ours without a bridge, and takes no flow',
    run: hasNothingWithoutBridge,
  },
  {
    name: 'makes the bridge with its ports, also when it is there, and reads it back',
    run: makesBridge,
  },
  {
    name: 'changes the options of the tunnel port after the port was deleted',
    run: changesTunnelPort,
  },
  {
    name: 'reads every flow and group back in the words of the renderer, also when applied again',
    run: readsBackContent,
  },
  {
    name: 'applies a bundle as a whole or not at all',
    run: appliesBundleAsWhole,
  },
  {
    name: 'replaces a flow and a group, deletes flows with their group, and missing ones in silence',
    run: changesAndDeletes,
  },
];

async function hasNothingWithoutBridge(ovs: Ovs): Promise<void> {
  assert.deepEqual(await ovs.observe(), { flows: [], groups: [] });
  await assert.rejects(ovs.apply({ op: 'ovs-bundle', changes: [{ op: 'add-flow', flow: FLOW }] }));
}

async function makesBridge(ovs: Ovs): Promise<void> {
  await ovs.apply({ op: 'ensure-bridge', ports: PORTS });
  await ovs.apply({ op: 'ensure-bridge', ports: PORTS });
  assert.deepEqual(await ovs.observe(), { bridge: RENDERED.bridge, flows: [], groups: [] });
}

async function changesTunnelPort(ovs: Ovs): Promise<void> {
  await ovs.apply({ op: 'ensure-bridge', ports: PORTS });
  await ovs.apply({ op: 'delete-port', name: 'egress-tun0' });
  await ovs.apply({ op: 'delete-port', name: 'egress-tun0' });
  assert.deepEqual(await portNames(ovs), ['egress-gw0']);
  const { bridge } = renderBridge({ ...DESIRED, udpPort: 6082 }, defaultMarks);
  await ovs.apply({ op: 'ensure-bridge', ports: bridge?.ports ?? [] });
  assert.deepEqual((await ovs.observe()).bridge, bridge);
}

async function readsBackContent(ovs: Ovs): Promise<void> {
  await realize(ovs);
  await realize(ovs);
  assert.deepEqual(sorted(await ovs.observe()), sorted(RENDERED));
}

async function appliesBundleAsWhole(ovs: Ovs): Promise<void> {
  await realize(ovs);
  const lost = { ...FLOW, actions: 'group:999' };
  await assert.rejects(
    ovs.apply({
      op: 'ovs-bundle',
      changes: [
        { op: 'add-flow', flow: FLOW },
        { op: 'add-flow', flow: lost },
      ],
    }),
  );
  assert.deepEqual(sorted(await ovs.observe()), sorted(RENDERED));
}

async function changesAndDeletes(ovs: Ovs): Promise<void> {
  await realize(ovs);
  const buckets = GROUP.buckets.map((bucket) => bucket.replace('77.12', '77.13'));
  const changed = { ...FLOW, actions: 'output:2' };
  await ovs.apply({
    op: 'ovs-bundle',
    changes: [
      { op: 'add-flow', flow: FLOW },
      { op: 'add-flow', flow: changed },
      { op: 'modify-group', group: { ...GROUP, buckets } },
    ],
  });
  const { flows, groups } = await ovs.observe();
  assert.deepEqual(groups, [{ ...GROUP, buckets }]);
  assert.deepEqual(
    flows.filter(({ match }) => match === FLOW.match),
    [changed],
  );
  await ovs.apply({
    op: 'ovs-bundle',
    changes: [
      { op: 'delete-flow', flow: FLOW },
      { op: 'delete-flow', flow: FLOW },
      { op: 'delete-group', group: GROUP },
      { op: 'delete-group', group: GROUP },
    ],
  });
  const left = RENDERED.flows.filter(({ actions }) => actions !== `group:${GROUP.id}`);
  assert.deepEqual(sorted(await ovs.observe()).flows, sorted({ flows: left, groups: [] }).flows);
  assert.deepEqual((await ovs.observe()).groups, []);
}

async function portNames(ovs: Ovs): Promise<readonly string[]> {
  return ((await ovs.observe()).bridge?.ports ?? []).map(({ name }) => name);
}

async function realize(ovs: Ovs): Promise<void> {
  await ovs.apply({ op: 'ensure-bridge', ports: PORTS });
  await ovs.apply({
    op: 'ovs-bundle',
    changes: [
      ...RENDERED.groups.map((group) => ({ op: 'add-group', group }) as const),
      ...RENDERED.flows.map((flow) => ({ op: 'add-flow', flow }) as const),
    ],
  });
}

/** The switch prints flows and groups in an order of its own. */
function sorted({ flows, groups, bridge }: OvsState): OvsState {
  const byText = (a: unknown, b: unknown): number =>
    JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  const keys = ({ table, priority, match, actions }: Flow): Flow => ({
    table,
    priority,
    match,
    actions,
  });
  return {
    ...(bridge && { bridge }),
    flows: flows.map(keys).sort(byText),
    groups: groups.toSorted(byText),
  };
}

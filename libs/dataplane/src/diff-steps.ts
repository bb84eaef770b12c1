import { GATEWAY_PORT } from './constants.ts';
import type { DesiredState } from './desired-state.ts';
import { diffInternal } from './diff-internal.ts';
import { diffPaths } from './diff-paths.ts';
import { diffRouting } from './diff-routing.ts';
import { diffSnatIds } from './diff-snat-ids.ts';
import type { ObservedNetfilter, ObservedState } from './observed-state.ts';
import type {
  ConnectionSelector,
  DeleteConnections,
  Operation,
  SetChange,
  UpdateSets,
} from './operation.ts';

/** One of the steps that docs/dataplane.md explains by its number. */
export interface Step<Op> {
  readonly step: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;
  readonly name: string;
  /** None when there is nothing to do. */
  readonly operations: readonly Operation<Op>[];
}

/** The last of the steps that block; see {@link blockingSteps}. */
const LAST_BLOCKING_STEP = 3;

/**
 * The steps from the observed to the desired state, in order. After each operation every packet
 * leaves with the address it had before, or with the right one, or not at all. A packet relies only
 * on things that are in place, and nothing is removed as long as a packet relies on it. The
 * observed state has only our own objects, so nothing else is removed.
 */
export function diffSteps<Op>(
  observed: ObservedState<Op>,
  desired: DesiredState,
): readonly Step<Op>[] {
  const { netfilter } = observed;
  const internal = diffInternal(
    netfilter.internal ?? new Set(),
    desired.netfilter.internal,
    observed.routing,
  );
  const paths = diffPaths(netfilter, desired.netfilter, internal);
  const snatIds = diffSnatIds(netfilter, desired.netfilter);
  const rules = netfilter.diffRules(desired.netfilter);
  const nodes = diffNodes(netfilter.nodes ?? new Set(), desired.netfilter.nodes);
  const hasGatewayPort = observed.routing.gatewayLink?.mac === GATEWAY_PORT.mac;
  const bridge = observed.bridge.diff(desired.bridge, hasGatewayPort);
  const routing = diffRouting(observed.routing, desired.routing);

  // 1: the sets. Rules can be made only when the sets that they name exist.
  const sets = step<Op>(
    1,
    'sets',
    updateSets([...missingSets(netfilter), ...internal.add, ...nodes.add]),
  );
  // 2: blocks the Pods that get another source, before anything that Open vSwitch, a device or a
  // route can refuse. The rules drop tunnel packets to newly internal destinations, so deleted
  // entries do not come back. Packets of a blocked Pod leave the tunnel, so those entries are
  // deleted first.
  const block = step<Op>(2, 'block', [
    ...deleteConnections(paths.toInternal),
    ...updateSets(paths.block),
    ...deleteConnections(snatIds.wrong),
  ]);
  // 3: the new rules beside the old ones, so that either finds its rule.
  const newRules = step<Op>(3, 'new rules', rules.add);
  return [
    sets,
    // Damaged rules cannot block anything, so they are repaired first. Intact ones are updated
    // last: a missing rule shows a restarted agent that step 2 is not finished.
    ...(netfilter.health === 'intact' ? [block, newRules] : [newRules, block]),
    // 4: the way into the tunnel. The throw routes of newly internal destinations come after step
    // 2: a missing one shows a restarted agent that their connections are not deleted yet.
    step<Op>(4, 'bridge, device and routes', [...bridge.ports, ...routing.add]),
    // 5: from here on new connections to newly external destinations are translated. Open ones of
    // unblocked Pods keep their source until they are deleted.
    step<Op>(5, 'external destinations', [
      ...updateSets(internal.remove),
      ...deleteConnections(paths.toExternal),
    ]),
    // 6: before a Pod is redirected, the bridge knows where to.
    step<Op>(6, 'new flows', bridge.add),
    // 7: after step 5, for the same reason as in step 4.
    step<Op>(7, 'throw routes', routing.removeThrows),
    // 8: everything that new connections need is there; the Pods are still blocked.
    step<Op>(8, 'connections of blocked Pods', deleteConnections(paths.ofBlocked)),
    // 9: ends the block.
    step<Op>(9, 'egress paths', updateSets(paths.set)),
    // 10: no packet is redirected by them any more.
    step<Op>(10, 'old flows', [...bridge.remove, ...deleteConnections(snatIds.unused)]),
    // 11: no packet has their marks any more, and no flow accepts packets of a Node that has left.
    step<Op>(11, 'old rules and routes', [
      ...rules.remove,
      ...routing.remove,
      ...updateSets(nodes.remove),
    ]),
  ];
}

/**
 * The steps that need only sets, rules and conntrack, whatever the state of the bridge. Without the
 * bridge, the device or a route they still keep Pods that get another source from leaving with the
 * old one.
 */
export function blockingSteps<Op>(steps: readonly Step<Op>[]): readonly Step<Op>[] {
  return steps.filter(({ step }) => step <= LAST_BLOCKING_STEP);
}

/** The other steps, which come after {@link blockingSteps}. */
export function stepsAfterBlocking<Op>(steps: readonly Step<Op>[]): readonly Step<Op>[] {
  return steps.filter(({ step }) => step > LAST_BLOCKING_STEP);
}

/** All operations, in the order of the steps. */
export function operationsOf<Op>(steps: readonly Step<Op>[]): readonly Operation<Op>[] {
  return steps.flatMap(({ operations }) => operations);
}

function step<Op>(
  number: Step<Op>['step'],
  name: string,
  operations: readonly Operation<Op>[],
): Step<Op> {
  return { step: number, name, operations };
}

function updateSets(changes: readonly SetChange[]): readonly UpdateSets[] {
  return changes.length === 0 ? [] : [{ op: 'update-sets', changes }];
}

function missingSets<Op>({ paths, internal, nodes }: ObservedNetfilter<Op>): readonly SetChange[] {
  return [
    ...(paths === undefined ? [{ op: 'create-paths' } as const] : []),
    ...(internal === undefined ? [{ op: 'create-internal' } as const] : []),
    ...(nodes === undefined ? [{ op: 'create-nodes' } as const] : []),
  ];
}

/** A new Node is in the set before the bridge accepts its packets. */
function diffNodes(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { readonly add: readonly SetChange[]; readonly remove: readonly SetChange[] } {
  return {
    add: [...after].filter((ip) => !before.has(ip)).map((ip) => ({ op: 'add-node', ip })),
    remove: [...before].filter((ip) => !after.has(ip)).map((ip) => ({ op: 'delete-node', ip })),
  };
}

function deleteConnections(
  connections: readonly ConnectionSelector[],
): readonly DeleteConnections[] {
  return connections.length === 0 ? [] : [{ op: 'delete-connections', connections }];
}

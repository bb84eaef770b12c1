import type { Operation, OvsChange } from './operation.ts';
import type { Flow, Group, OvsPort, OvsState } from './state.ts';

/**
 * The bridge itself; then what has to be in it before a Pod is steered into it; then what nothing
 * is steered by any more.
 */
export interface OvsDiff {
  readonly bridge: readonly Operation[];
  readonly add: readonly Operation[];
  readonly remove: readonly Operation[];
}

/** @param hasGatewayPort whether the kernel has the bridge's internal port, as it should be. */
export function diffOvs(actual: OvsState, desired: OvsState, hasGatewayPort: boolean): OvsDiff {
  const bridgeIsThere =
    actual.bridge?.failMode === desired.bridge?.failMode && hasPorts(actual, desired);
  const ports = desired.bridge?.ports ?? [];
  return {
    bridge:
      bridgeIsThere && hasGatewayPort
        ? []
        : [...staleTunnels(actual, desired), { op: 'ensure-bridge', ports }],
    // A flow may name a group only while the group is there.
    add: bundle([...changedGroups(actual, desired), ...addedFlows(actual, desired)]),
    remove: bundle([...removedFlows(actual, desired), ...removedGroups(actual, desired)]),
  };
}

function hasPorts(actual: OvsState, desired: OvsState): boolean {
  return (desired.bridge?.ports ?? []).every((port) =>
    (actual.bridge?.ports ?? []).some((other) => samePort(port, other)),
  );
}

function samePort(a: OvsPort, b: OvsPort): boolean {
  return (
    a.name === b.name &&
    a.type === b.type &&
    a.ofport === b.ofport &&
    a.mac === b.mac &&
    Object.keys({ ...a.options, ...b.options }).every((key) => a.options[key] === b.options[key])
  );
}

/**
 * Open vSwitch says whether it can make a tunnel, but not whether it can change one: on a UDP port
 * that is taken it would be dead.
 */
function staleTunnels(actual: OvsState, desired: OvsState): readonly Operation[] {
  return (actual.bridge?.ports ?? [])
    .filter(({ type }) => type === 'geneve')
    .filter((port) => desired.bridge?.ports.some((wanted) => samePort(port, wanted)) !== true)
    .map(({ name }) => ({ op: 'delete-port', name }));
}

function bundle(changes: readonly OvsChange[]): readonly Operation[] {
  return changes.length === 0 ? [] : [{ op: 'ovs-bundle', changes }];
}

function changedGroups(actual: OvsState, desired: OvsState): readonly OvsChange[] {
  const before = new Map(actual.groups.map((group) => [group.id, group]));
  return desired.groups.flatMap((group): OvsChange[] => {
    const old = before.get(group.id);
    if (old === undefined) {
      return [{ change: 'add-group', group }];
    }
    return sameBuckets(old, group) ? [] : [{ change: 'modify-group', group }];
  });
}

function sameBuckets(a: Group, b: Group): boolean {
  return (
    a.buckets.length === b.buckets.length &&
    a.buckets.every((bucket, index) => bucket === b.buckets[index])
  );
}

function addedFlows(actual: OvsState, desired: OvsState): readonly OvsChange[] {
  const actions = new Map(actual.flows.map((flow) => [flowKey(flow), flow.actions]));
  return desired.flows
    .filter((flow) => actions.get(flowKey(flow)) !== flow.actions)
    .map((flow) => ({ change: 'add-flow', flow }));
}

function flowKey({ table, priority, match }: Flow): string {
  return `${table} ${priority} ${match}`;
}

function removedFlows(actual: OvsState, desired: OvsState): readonly OvsChange[] {
  const wanted = new Set(desired.flows.map(flowKey));
  return actual.flows
    .filter((flow) => !wanted.has(flowKey(flow)))
    .map((flow) => ({ change: 'delete-flow', flow }));
}

function removedGroups(actual: OvsState, desired: OvsState): readonly OvsChange[] {
  const wanted = new Set(desired.groups.map(({ id }) => id));
  return actual.groups
    .filter(({ id }) => !wanted.has(id))
    .map((group) => ({ change: 'delete-group', group }));
}

import type { BridgeDiff, Marks, ObservedBridge } from '@sallyport/dataplane';
import type { OvsChange, OvsOperation } from './ovs-operation.ts';
import type { Flow, Group, OvsPort, OvsState } from './ovs-state.ts';
import { renderBridge } from './render-bridge.ts';

/** The bridge as it was observed, for the planner. */
export function readBridge(observed: OvsState, marks: Marks): ObservedBridge<OvsOperation> {
  return {
    diff: (desired, hasGatewayPort) =>
      diffBridge(observed, renderBridge(desired, marks), hasGatewayPort),
  };
}

/** The operations from the observed to the rendered content of the bridge. */
function diffBridge(
  observed: OvsState,
  desired: OvsState,
  hasGatewayPort: boolean,
): BridgeDiff<OvsOperation> {
  const isBridgeRight =
    observed.bridge?.failMode === desired.bridge?.failMode && hasPorts(observed, desired);
  return {
    ports:
      isBridgeRight && hasGatewayPort
        ? []
        : [
            ...staleTunnels(observed, desired),
            { op: 'ensure-bridge', ports: desired.bridge?.ports ?? [] },
          ],
    // A flow may name a group only while the group is there.
    add: bundle([...changedGroups(observed, desired), ...addedFlows(observed, desired)]),
    remove: bundle([...removedFlows(observed, desired), ...removedGroups(observed, desired)]),
  };
}

function hasPorts(observed: OvsState, desired: OvsState): boolean {
  return (desired.bridge?.ports ?? []).every((port) =>
    (observed.bridge?.ports ?? []).some((other) => samePort(port, other)),
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
 * Open vSwitch reports whether it can make a tunnel, but not whether it can change one. On a UDP
 * port in use a changed tunnel would be dead.
 */
function staleTunnels(observed: OvsState, desired: OvsState): readonly OvsOperation[] {
  return (observed.bridge?.ports ?? [])
    .filter(({ type }) => type === 'geneve')
    .filter((port) => desired.bridge?.ports.some((wanted) => samePort(port, wanted)) !== true)
    .map(({ name }) => ({ op: 'delete-port', name }));
}

function bundle(changes: readonly OvsChange[]): readonly OvsOperation[] {
  return changes.length === 0 ? [] : [{ op: 'ovs-bundle', changes }];
}

function changedGroups(observed: OvsState, desired: OvsState): readonly OvsChange[] {
  const before = new Map(observed.groups.map((group) => [group.id, group]));
  return desired.groups.flatMap((group): OvsChange[] => {
    const old = before.get(group.id);
    if (old === undefined) {
      return [{ op: 'add-group', group }];
    }
    return sameBuckets(old, group) ? [] : [{ op: 'modify-group', group }];
  });
}

function sameBuckets(a: Group, b: Group): boolean {
  return (
    a.buckets.length === b.buckets.length &&
    a.buckets.every((bucket, index) => bucket === b.buckets[index])
  );
}

function addedFlows(observed: OvsState, desired: OvsState): readonly OvsChange[] {
  const actions = new Map(observed.flows.map((flow) => [flowKey(flow), flow.actions]));
  return desired.flows
    .filter((flow) => actions.get(flowKey(flow)) !== flow.actions)
    .map((flow) => ({ op: 'add-flow', flow }));
}

function flowKey({ table, priority, match }: Flow): string {
  return `${table} ${priority} ${match}`;
}

function removedFlows(observed: OvsState, desired: OvsState): readonly OvsChange[] {
  const wanted = new Set(desired.flows.map(flowKey));
  return observed.flows
    .filter((flow) => !wanted.has(flowKey(flow)))
    .map((flow) => ({ op: 'delete-flow', flow }));
}

function removedGroups(observed: OvsState, desired: OvsState): readonly OvsChange[] {
  const wanted = new Set(desired.groups.map(({ id }) => id));
  return observed.groups
    .filter(({ id }) => !wanted.has(id))
    .map((group) => ({ op: 'delete-group', group }));
}

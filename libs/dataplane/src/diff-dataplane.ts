import { GATEWAY_PORT } from './constants.ts';
import { natGuards } from './desired-iptables.ts';
import { diffGateway } from './diff-gateway.ts';
import { diffIptables, hasChains, hasJumps } from './diff-iptables.ts';
import { diffOvs } from './diff-ovs.ts';
import { diffPods } from './diff-pods.ts';
import { diffRouting } from './diff-routing.ts';
import type { Marks } from './marks.ts';
import type { IpsetChange, Operation } from './operation.ts';
import { parseSnatRule } from './snat-rules.ts';
import type { DataplaneState, IpsetState } from './state.ts';

/**
 * The steps from `actual` to `desired`; none when they agree. After each step, every packet leaves with the address it had before,
 * or the one it should have, or not at all: what packets are to be steered by is put in place first, and what they were
 * steered by is removed last. What is not ours is not in `actual` and so never removed.
 */
export const diffDataplane = (actual: DataplaneState, desired: DataplaneState, marks: Marks): readonly Operation[] => {
  const trustActual = isTrustworthy(actual, desired, marks);
  const iptables = diffIptables(actual.iptables, desired.iptables);
  const link = actual.routing.gatewayLink;
  const ovs = diffOvs(actual.ovs, desired.ovs, link?.mac === GATEWAY_PORT.mac);
  const routing = diffRouting(actual.routing, desired.routing);
  const gateway = diffGateway(actual, desired, trustActual, marks);
  const pods = diffPods(actual, desired, trustActual, marks);
  return [
    ...ipsetRestore([...createdSets(actual.ipsets), ...addedSkips(actual.ipsets, desired.ipsets)]),
    // The rules that drop come before everything that steers.
    ...iptables.before,
    ...gateway.repair,
    ...ovs.bridge,
    ...routing.add,
    ...ipsetRestore(removedSkips(actual.ipsets, desired.ipsets)),
    ...routing.removeThrows,
    ...pods.cutOff,
    ...ovs.add,
    ...pods.steer,
    ...ovs.remove,
    ...gateway.forget,
    ...iptables.after,
    ...routing.remove,
  ];
};

/**
 * Whether the rules that are there let nothing leave with a wrong address, so that connections under way are right. They do not
 * when a rule is missing or something is in front of it, or when a destination was inside the cluster and is not any more.
 */
const isTrustworthy = (actual: DataplaneState, desired: DataplaneState, marks: Marks): boolean => {
  const decisive = desired.iptables.chains.filter(({ table }) => table === 'mangle' || table === 'raw');
  const natRules = actual.iptables.chains.filter(({ table }) => table === 'nat').flatMap(({ rules }) => rules);
  const guards = natGuards(marks);
  return (
    actual.ipsets.pods !== undefined &&
    actual.ipsets.skip !== undefined &&
    removedSkips(actual.ipsets, desired.ipsets).length === 0 &&
    hasJumps(actual.iptables, { jumps: desired.iptables.jumps.filter(({ table }) => table !== 'filter') }) &&
    hasChains(actual.iptables, decisive) &&
    guards.every((rule, index) => rule === natRules[index]) &&
    natRules.slice(guards.length).every((rule) => parseSnatRule(rule, marks) !== undefined)
  );
};

const createdSets = ({ pods, skip }: IpsetState): readonly IpsetChange[] => [
  ...(pods === undefined ? [{ change: 'create-pods' } as const] : []),
  ...(skip === undefined ? [{ change: 'create-skip' } as const] : []),
];

const addedSkips = (actual: IpsetState, desired: IpsetState): readonly IpsetChange[] =>
  [...(desired.skip ?? [])]
    .filter((cidr) => actual.skip?.has(cidr) !== true)
    .map((cidr) => ({ change: 'add-skip', cidr }));

const removedSkips = (actual: IpsetState, desired: IpsetState): readonly IpsetChange[] =>
  [...(actual.skip ?? [])]
    .filter((cidr) => desired.skip?.has(cidr) !== true)
    .map((cidr) => ({ change: 'delete-skip', cidr }));

const ipsetRestore = (changes: readonly IpsetChange[]): readonly Operation[] =>
  changes.length === 0 ? [] : [{ op: 'ipset-restore', changes }];

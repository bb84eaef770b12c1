import { GATEWAY_PORT } from './constants.ts';
import { natGuards } from './desired-iptables.ts';
import { diffGateway } from './diff-gateway.ts';
import { diffIptables, hasChains, hasJumps } from './diff-iptables.ts';
import { diffOvs } from './diff-ovs.ts';
import { diffPods } from './diff-pods.ts';
import { diffRouting } from './diff-routing.ts';
import { diffSkips } from './diff-skips.ts';
import type { Marks } from './marks.ts';
import type { IpsetChange, Operation } from './operation.ts';
import { isKnownIdRule, parseSnatRule, renderKnownIdRule, snatIdsOf } from './snat-rules.ts';
import type { Chain, DataplaneState, IpsetState, IptablesState, IptablesTable } from './state.ts';

/**
 * The steps from `actual` to `desired`; none when they agree. After each step, every packet leaves
 * with the address it had before, or the one it should have, or not at all: what packets are to be
 * steered by is put in place first, and what they were steered by is removed last. What is not ours
 * is not in `actual` and so never removed.
 */
export function diffDataplane(
  actual: DataplaneState,
  desired: DataplaneState,
  marks: Marks,
): readonly Operation[] {
  const trustActual = isTrustworthy(actual, desired, marks);
  const iptables = diffIptables(actual.iptables, desired.iptables, trustActual);
  const link = actual.routing.gatewayLink;
  const ovs = diffOvs(actual.ovs, desired.ovs, link?.mac === GATEWAY_PORT.mac);
  const routing = diffRouting(actual.routing, desired.routing);
  const gateway = diffGateway(actual, desired, trustActual, marks);
  const skips = diffSkips(actual, desired);
  const pods = diffPods(actual, desired, skips, trustActual, marks);
  return [
    ...diffCutOff(actual, desired, marks),
    ...ovs.bridge,
    ...routing.add,
    // What is external from here on is translated so for every new connection; those under way go
    // as before until they are forgotten.
    ...ipsetRestore(skips.remove),
    ...pods.retranslate,
    ...ovs.add,
    ...routing.removeThrows,
    ...pods.steer,
    ...ovs.remove,
    ...gateway.forget,
    ...iptables.after,
    ...routing.remove,
  ];
}

/**
 * The first steps of {@link diffDataplane}: they need nothing but sets, rules and conntrack, so
 * that Pods whose way changes do not leave by the old one while the bridge, the device or a route
 * cannot be had.
 */
export function diffCutOff(
  actual: DataplaneState,
  desired: DataplaneState,
  marks: Marks,
): readonly Operation[] {
  const trustActual = isTrustworthy(actual, desired, marks);
  const skips = diffSkips(actual, desired);
  const pods = diffPods(actual, desired, skips, trustActual, marks);
  const cut = [
    // The rules drop what the tunnel must not have any more, so that none of these comes back
    // before its throw route is there. Before the cut, with which packets to the inside of the
    // cluster leave the tunnel.
    ...pods.untunnel,
    ...pods.cutOff,
    ...diffGateway(actual, desired, trustActual, marks).repair,
  ];
  const rules = diffIptables(actual.iptables, desired.iptables, trustActual).before;
  return [
    ...ipsetRestore([...createdSets(actual.ipsets), ...skips.add]),
    // Rules that can't be relied on are no use for a cut. Those that can go last: a rule that is
    // missing tells of what is to be repaired.
    ...(trustActual ? [...cut, ...rules] : [...rules, ...cut]),
  ];
}

/**
 * Whether the rules that are there let nothing leave with a wrong address, so that connections
 * under way are right. They do not when a rule is missing or something is in front of it, nor while
 * what such rules let pass is not repaired.
 */
function isTrustworthy(actual: DataplaneState, desired: DataplaneState, marks: Marks): boolean {
  // Which ids pass changes with the egress IPs; whether each has its SNAT rule is looked at id by
  // id.
  const decisive = ({ chains }: IptablesState): readonly Chain[] =>
    chains
      .filter(({ table }) => table === 'mangle' || table === 'raw')
      .map((chain) => ({
        ...chain,
        rules: chain.rules.filter((rule) => !isKnownIdRule(rule, marks)),
      }));
  const rulesIn = (wanted: IptablesTable): readonly string[] =>
    actual.iptables.chains.filter(({ table }) => table === wanted).flatMap(({ rules }) => rules);
  const natRules = rulesIn('nat');
  const guards = natGuards(marks);
  const translated = [...snatIdsOf(actual.iptables, marks).keys()].map((id) =>
    renderKnownIdRule(id, marks),
  );
  return (
    actual.ipsets.pods !== undefined &&
    actual.ipsets.skip !== undefined &&
    hasJumps(actual.iptables, {
      jumps: desired.iptables.jumps.filter(({ table }) => table !== 'filter'),
    }) &&
    hasChains(
      { ...actual.iptables, chains: decisive(actual.iptables) },
      decisive(desired.iptables),
    ) &&
    rulesIn('mangle').every((rule) => !isKnownIdRule(rule, marks) || translated.includes(rule)) &&
    guards.every((rule, index) => rule === natRules[index]) &&
    natRules.slice(guards.length).every((rule) => parseSnatRule(rule, marks) !== undefined)
  );
}

function ipsetRestore(changes: readonly IpsetChange[]): readonly Operation[] {
  return changes.length === 0 ? [] : [{ op: 'ipset-restore', changes }];
}

function createdSets({ pods, skip }: IpsetState): readonly IpsetChange[] {
  return [
    ...(pods === undefined ? [{ change: 'create-pods' } as const] : []),
    ...(skip === undefined ? [{ change: 'create-skip' } as const] : []),
  ];
}

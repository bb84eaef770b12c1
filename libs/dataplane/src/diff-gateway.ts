import { forgetting } from './forgetting.ts';
import type { Marks } from './marks.ts';
import { snatMark } from './marks.ts';
import type { Operation } from './operation.ts';
import { snatIdsOf } from './snat-rules.ts';
import type { DataplaneState } from './state.ts';

/** Which connections of other Nodes' Pods have to be translated anew. */
export interface GatewayDiff {
  /**
   * Once the rules are in place: those that a damaged set of rules let pass with a wrong address.
   */
  readonly repair: readonly Operation[];
  /**
   * Once nothing is sent with the old rules: those of the egress IPs that have gone from this Node.
   */
  readonly forget: readonly Operation[];
}

/**
 * @param trustActual false when the actual rules may have let packets leave with a wrong address.
 */
export function diffGateway(
  actual: DataplaneState,
  desired: DataplaneState,
  trustActual: boolean,
  marks: Marks,
): GatewayDiff {
  const before = snatIdsOf(actual.iptables, marks);
  const after = snatIdsOf(desired.iptables, marks);
  // Every SNAT id has a conntrack zone: what is in it has to have its egress IP. A new id may be
  // one whose rule was taken away.
  const suspects = [...after].filter(
    ([id, egressIP]) => !trustActual || before.get(id) !== egressIP,
  );
  const stays = new Set(after.values());
  // By zone and not by address: the address may be the Node's own, with which the CNI masquerades
  // others.
  const gone = [...before].filter(([, ip]) => !stays.has(ip));
  return {
    repair: forgetting(
      suspects.map(([id, keep]) => ({ of: 'zone', zone: snatMark(id, marks), keep })),
    ),
    forget: forgetting(gone.map(([id]) => ({ of: 'zone', zone: snatMark(id, marks) }))),
  };
}

import { POSTROUTING_CHAIN } from './constants.ts';
import type { Marks } from './marks.ts';
import { hex, packetMask, snatIdOf, snatMark } from './marks.ts';
import type { IptablesState } from './state.ts';

/** Whether {@link renderKnownIdRule} made the rule. */
export function isKnownIdRule(rule: string, marks: Marks): boolean {
  const [, mark = ''] = /^-m mark --mark (0x[0-9a-f]+)\/.* -j RETURN$/.exec(rule) ?? [];
  return renderKnownIdRule(snatIdOf(Number(mark), marks), marks) === rule;
}

/** The rule that lets packets of the tunnel pass, as there is a SNAT rule for their id. */
export function renderKnownIdRule(id: number, marks: Marks): string {
  return `${hasId(id, marks)} -j RETURN`;
}

/** The egress IP behind each SNAT id. Of two rules for one id the first is the one that counts. */
export function snatIdsOf({ chains }: IptablesState, marks: Marks): ReadonlyMap<number, string> {
  const rules =
    chains.find(({ table, name }) => table === 'nat' && name === POSTROUTING_CHAIN)?.rules ?? [];
  const ids = new Map<number, string>();
  for (const rule of rules) {
    const parsed = parseSnatRule(rule, marks);
    if (parsed !== undefined && !ids.has(parsed.id)) {
      ids.set(parsed.id, parsed.egressIP);
    }
  }
  return ids;
}

/** What {@link renderSnatRule} made the rule of; undefined for any other rule. */
export function parseSnatRule(
  rule: string,
  marks: Marks,
): { id: number; egressIP: string } | undefined {
  const [, mark = '', egressIP = ''] =
    /^-m mark --mark (0x[0-9a-f]+)\/.* --to-source ([0-9.]+)$/.exec(rule) ?? [];
  const id = snatIdOf(Number(mark), marks);
  return renderSnatRule(id, egressIP, marks) === rule ? { id, egressIP } : undefined;
}

/** The rule that lets packets with a SNAT id leave with an egress IP. */
export function renderSnatRule(id: number, egressIP: string, marks: Marks): string {
  return `${hasId(id, marks)} -j SNAT --to-source ${egressIP}`;
}

function hasId(id: number, marks: Marks): string {
  return `-m mark --mark ${hex(snatMark(id, marks))}/${hex(packetMask(marks))}`;
}

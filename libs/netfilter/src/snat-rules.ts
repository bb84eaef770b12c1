import type { Marks } from '@sallyport/dataplane';
import { hex, packetMask, snatIdOf, snatMark } from '@sallyport/dataplane';

/** The rule that lets packets of the tunnel pass, as there is a SNAT rule for their id. */
export function renderKnownIdRule(id: number, marks: Marks): string {
  return `${hasId(id, marks)} -j RETURN`;
}

/** The SNAT id of a rule from {@link renderKnownIdRule}; undefined for any other rule. */
export function parseKnownIdRule(rule: string, marks: Marks): number | undefined {
  const [, mark = ''] = /^-m mark --mark (0x[0-9a-f]+)\/.* -j RETURN$/.exec(rule) ?? [];
  const id = snatIdOf(Number(mark), marks);
  return mark !== '' && renderKnownIdRule(id, marks) === rule ? id : undefined;
}

/** The rule that translates packets with a SNAT id to an egress IP. */
export function renderSnatRule(id: number, egressIP: string, marks: Marks): string {
  return `${hasId(id, marks)} -j SNAT --to-source ${egressIP}`;
}

/** SNAT id and egress IP of a rule from {@link renderSnatRule}; undefined for any other rule. */
export function parseSnatRule(
  rule: string,
  marks: Marks,
): { readonly id: number; readonly egressIP: string } | undefined {
  const [, mark = '', egressIP = ''] =
    /^-m mark --mark (0x[0-9a-f]+)\/.* --to-source ([0-9.]+)$/.exec(rule) ?? [];
  const id = snatIdOf(Number(mark), marks);
  return mark !== '' && renderSnatRule(id, egressIP, marks) === rule ? { id, egressIP } : undefined;
}

function hasId(id: number, marks: Marks): string {
  return `-m mark --mark ${hex(snatMark(id, marks))}/${hex(packetMask(marks))}`;
}

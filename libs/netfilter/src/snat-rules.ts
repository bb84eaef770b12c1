import type { Marks } from '@sallyport/dataplane';
import { snatIdOf } from '@sallyport/dataplane';
import { knownIdRule, snatRule } from './own-rules.ts';
import { renderRule } from './render-rule.ts';

/** The SNAT id of a rule from {@link knownIdRule}; undefined for any other rule. */
export function parseKnownIdRule(rule: string, marks: Marks): number | undefined {
  const [, mark = ''] = /^-m mark --mark (0x[0-9a-f]+)\/.* -j RETURN$/.exec(rule) ?? [];
  const id = snatIdOf(Number(mark), marks);
  return mark !== '' && renderRule(knownIdRule(id, marks)) === rule ? id : undefined;
}

/** SNAT id and egress IP of a rule from {@link snatRule}; undefined for any other rule. */
export function parseSnatRule(
  rule: string,
  marks: Marks,
): { readonly id: number; readonly egressIP: string } | undefined {
  const [, mark = '', egressIP = ''] =
    /^-m mark --mark (0x[0-9a-f]+)\/.* --to-source ([0-9.]+)$/.exec(rule) ?? [];
  const id = snatIdOf(Number(mark), marks);
  return mark !== '' && renderRule(snatRule(id, egressIP, marks)) === rule
    ? { id, egressIP }
    : undefined;
}

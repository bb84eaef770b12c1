import { jsonList, quoted, ruleFor } from './rule.ts';
import type { Rule } from './schema.ts';

const singular = `(${textIsGiven('egressIP')} || ${textIsGiven('externalIPPool')})`;
const plural = `(${listIsGiven('egressIPs')} || ${listIsGiven('externalIPPools')})`;

const fields = ['egressIP', 'egressIPs', 'externalIPPool', 'externalIPPools'];

/** Either the singular fields or the plural ones, and at least one of them. */
export const addressRules: readonly Rule[] = [
  ruleFor(
    {
      rule: `!(${singular} && ${plural})`,
      expected: 'either egressIP and externalIPPool, or egressIPs and externalIPPools',
      got: [
        `(${textIsGiven('egressIP')} ? 'egressIP ' + ${quoted('self.egressIP')} : 'externalIPPool ' + ${quoted('self.externalIPPool')})`,
        "' with '",
        `(${listIsGiven('egressIPs')} ? 'egressIPs ' + ${jsonList('self.egressIPs')} : 'externalIPPools ' + ${jsonList('self.externalIPPools')})`,
      ].join(' + '),
    },
    { reason: 'FieldValueForbidden' },
  ),
  ruleFor(
    {
      rule: `${singular} || ${plural}`,
      expected: `one of ${fields.join(', ')}`,
      got: [
        "'none'",
        ...fields.map((field) => `(has(self.${field}) ? '; ${field} is empty' : '')`),
      ].join(' + '),
    },
    { reason: 'FieldValueRequired' },
  ),
];

/**
 * Empty counts as absent, as in `addressesFor`: has() alone would accept an Egress without any
 * address.
 */
function textIsGiven(field: string): string {
  return `(has(self.${field}) && self.${field} != '')`;
}
function listIsGiven(field: string): string {
  return `(has(self.${field}) && self.${field}.exists(item, item != ''))`;
}

import { jsonList, quoted, ruleFor } from './rule.ts';
import type { Schema } from './schema.ts';

/**
 * Rules are only allowed on texts with a bound. This is the bound of DNS names. A host name is then
 * refused because it is not an address, and not because of its length.
 */
const MAX_LENGTH = 253;

/** An IPv4 address inside an IPv6 address: `isIP` accepts it, `parseIp` does not. */
const IS_EMBEDDED = "(self.contains(':') && self.contains('.'))";

/**
 * The same addresses as `parseIp`: `isIP` (Kubernetes 1.31) refuses leading zeros, zones and
 * IPv4-mapped addresses.
 */
const rule = ruleFor({
  rule: `isIP(self) && !${IS_EMBEDDED}`,
  expected: 'an IPv4 or IPv6 address such as 10.0.10.8 or fd00::8',
  got: quoted('self'),
});

/** An address of either family, as `parseIp` takes it. */
export const ipSchema: Schema = {
  type: 'string',
  maxLength: MAX_LENGTH,
  'x-kubernetes-validations': [rule],
};

/** A CIDR of either family; IPv4 inside IPv6 is refused. */
export const cidrSchema: Schema = {
  type: 'string',
  maxLength: MAX_LENGTH,
  'x-kubernetes-validations': [
    ruleFor({
      rule: `isCIDR(self) && !${IS_EMBEDDED}`,
      expected: 'a CIDR such as 10.0.10.0/24 or fd00::/120',
      got: quoted('self'),
    }),
  ],
};

/** An address or "": clients written in Go leave "" in unused fields. */
export const ipOrEmptySchema: Schema = {
  type: 'string',
  maxLength: MAX_LENGTH,
  'x-kubernetes-validations': [{ ...rule, rule: `self == '' || ${rule.rule}` }],
};

/** For a list of addresses. Another rule reports texts that are not one; this one skips them. */
export const oneOfEachFamilyRule = ruleFor({
  rule: `${ofFamily("item.contains(':')")} && ${ofFamily("!item.contains(':')")}`,
  expected: 'one IPv4 and one IPv6 address at most',
  got: jsonList('self'),
});

function ofFamily(condition: string): string {
  return `size(self.filter(item, isIP(item) && ${condition})) <= 1`;
}

import { listed, quoted, ruleFor } from './rule.ts';
import type { Schema } from './schema.ts';

/**
 * Rules are only allowed on texts with a bound. This one is that of names in DNS: whoever gives the
 * name of a host is told that it is no address, not that it is too long.
 */
const MAX_LENGTH = 253;

/** An IPv4 address inside of an IPv6 one, which `isIP` takes and `parseIp` does not. */
const IS_EMBEDDED = "(self.contains(':') && self.contains('.'))";

/**
 * What `parseIp` takes: `isIP` (Kubernetes 1.31) refuses leading zeros, zones and IPv4-mapped
 * addresses.
 */
const rule = ruleFor({
  rule: `isIP(self) && !${IS_EMBEDDED}`,
  expected: 'an IPv4 or IPv6 address such as 10.0.10.8 or fd00::8',
  got: quoted('self'),
});

export const ipSchema: Schema = {
  type: 'string',
  maxLength: MAX_LENGTH,
  'x-kubernetes-validations': [rule],
};

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

/** An address or "", which clients that write Go structs leave in fields that they do not use. */
export const ipOrEmptySchema: Schema = {
  type: 'string',
  maxLength: MAX_LENGTH,
  'x-kubernetes-validations': [{ ...rule, rule: `self == '' || ${rule.rule}` }],
};

/** For a list of addresses. Those that are none have a rule of their own, and do not count here. */
export const oneOfEachFamilyRule = ruleFor({
  rule: `${ofFamily("item.contains(':')")} && ${ofFamily("!item.contains(':')")}`,
  expected: 'one IPv4 and one IPv6 address at most',
  got: listed('self'),
});

function ofFamily(condition: string): string {
  return `size(self.filter(item, isIP(item) && ${condition})) <= 1`;
}

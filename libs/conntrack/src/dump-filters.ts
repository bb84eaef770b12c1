import { isIPv6 } from 'node:net';
import type { ConnectionSelector, Marks } from '@sallyport/dataplane';
import { zoneOf } from './choose-connections.ts';
import type { DumpFilter } from './conntrack-request.ts';
import { AF_INET, AF_INET6, AF_UNSPEC } from './ctnetlink.ts';

/**
 * The largest number of dumps of a part. For each the kernel walks through the whole table. With
 * 250 000 entries that is a tenth of the time of a dump of them all.
 */
const MAX_PARTS = 8;

/** The parts of the table that together have all connections of the selectors. */
export function dumpFilters(
  selectors: readonly ConnectionSelector[],
  marks: Marks,
): readonly DumpFilter[] {
  const parts = selectors.length > MAX_PARTS ? [] : selectors.map((one) => partFor(one, marks));
  return parts.length > 0 && parts.every((part) => part !== undefined)
    ? parts
    : [{ kind: 'family', family: familyFor(selectors) }];
}

/** Undefined when the kernel cannot pick out the entries. */
function partFor(selector: ConnectionSelector, marks: Marks): DumpFilter | undefined {
  switch (selector.kind) {
    case 'pod':
      return isIPv6(selector.ip) ? undefined : { kind: 'source', ipv4: selector.ip };
    case 'snat-id':
      return { kind: 'zone', zone: zoneOf(selector.snatId, marks) };
  }
}

function familyFor(selectors: readonly ConnectionSelector[]): number {
  const families = new Set(
    selectors.map((one) =>
      one.kind === 'snat-id' ? AF_UNSPEC : isIPv6(one.ip) ? AF_INET6 : AF_INET,
    ),
  );
  const [family = AF_UNSPEC] = families;
  return families.size === 1 ? family : AF_UNSPEC;
}

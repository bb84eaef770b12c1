import type { ConnectionSelector, Marks } from '@sallyport/dataplane';
import { snatMark } from '@sallyport/dataplane';
import { canonicalIp } from '@sallyport/nfnetlink';
import { cidrSet } from './cidr-set.ts';
import type { Connection } from './connection.ts';

type PodSelector = Extract<ConnectionSelector, { kind: 'pod' }>;
type SnatIdSelector = Extract<ConnectionSelector, { kind: 'snat-id' }>;

/**
 * A test for the connections that one of the selectors selects. It looks only at the selectors of a
 * connection's source and zone: the cost is that of the connections plus that of the selectors.
 */
export function connectionChooser(
  selectors: readonly ConnectionSelector[],
  marks: Marks,
): (connection: Connection) => boolean {
  const bySource = new Map<string, PodTest[]>();
  const byZone = new Map<number, SnatIdSelector[]>();
  const setOf = cidrSets();
  for (const selector of selectors) {
    switch (selector.kind) {
      case 'pod':
        add(bySource, canonicalIp(selector.ip), podTest(selector, setOf));
        break;
      case 'snat-id':
        add(byZone, zoneOf(selector.snatId, marks), selector);
    }
  }
  return (connection) =>
    bySource.get(connection.source)?.some((test) => test(connection)) === true ||
    byZone.get(connection.zone)?.some(({ keep }) => isWrong(connection, keep)) === true;
}

/** The conntrack zone of a SNAT id: a rule of the raw table makes the mark the zone. */
export function zoneOf(snatId: number, marks: Marks): number {
  return snatMark(snatId, marks);
}

type PodTest = (connection: Connection) => boolean;
type CidrSet = (ip: string) => boolean;

function podTest(
  { internal, within, keep }: PodSelector,
  setOf: (cidrs: readonly string[]) => CidrSet,
): PodTest {
  const isInternal = setOf(internal);
  const isWithin = within === undefined ? undefined : setOf(within);
  const kept = keep === undefined ? undefined : canonicalIp(keep);
  return (connection) =>
    isWrong(connection, kept) &&
    isWithin?.(connection.destination) !== false &&
    !isInternal(connection.destination);
}

function isWrong({ translatedSource }: Connection, keep: string | undefined): boolean {
  return translatedSource !== keep;
}

/** Many Pods share one list. */
function cidrSets(): (cidrs: readonly string[]) => CidrSet {
  const sets = new Map<readonly string[], CidrSet>();
  return (cidrs) => {
    const set = sets.get(cidrs) ?? cidrSet(cidrs);
    sets.set(cidrs, set);
    return set;
  };
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) {
    map.set(key, [value]);
  } else {
    values.push(value);
  }
}

import { BlockList } from 'node:net';
import type { ConnectionSelector, Marks } from '@sallyport/dataplane';
import { snatMark } from '@sallyport/dataplane';
import type { Connection } from './connection.ts';

/** Conntrack entries between these ends, of every protocol, port and zone. */
export type ConnectionEnds = Omit<Connection, 'zone'>;

/** The entries to delete, each pair of ends once. */
export function chooseConnections(
  connections: readonly Connection[],
  selectors: readonly ConnectionSelector[],
  marks: Marks,
): readonly ConnectionEnds[] {
  const listOf = blockLists();
  const tests = selectors.map((selector) => isSelected(selector, listOf, marks));
  const chosen = connections
    .filter((connection) => tests.some((test) => test(connection)))
    .map(({ source, destination, translatedSource }) => ({
      source,
      destination,
      translatedSource,
    }));
  return [...new Map(chosen.map((entries) => [Object.values(entries).join(), entries])).values()];
}

/** The conntrack zone of a SNAT id: a rule of the raw table makes the mark the zone. */
export function zoneOf(snatId: number, marks: Marks): number {
  return snatMark(snatId, marks);
}

/** Many Pods share one list. */
function blockLists(): (cidrs: readonly string[]) => BlockList {
  const lists = new Map<readonly string[], BlockList>();
  return (cidrs) => {
    const list = lists.get(cidrs) ?? blockListOf(cidrs);
    lists.set(cidrs, list);
    return list;
  };
}

function blockListOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length = '32'] = cidr.split('/');
    list.addSubnet(address, Number(length));
  }
  return list;
}

function isSelected(
  selector: ConnectionSelector,
  listOf: (cidrs: readonly string[]) => BlockList,
  marks: Marks,
): (connection: Connection) => boolean {
  switch (selector.kind) {
    case 'pod': {
      const internal = listOf(selector.internal);
      const within = selector.within === undefined ? undefined : listOf(selector.within);
      return ({ source, destination, translatedSource }) =>
        source === selector.ip &&
        translatedSource !== selector.keep &&
        within?.check(destination) !== false &&
        !internal.check(destination);
    }
    case 'snat-id': {
      const ownZone = zoneOf(selector.snatId, marks);
      return ({ zone, translatedSource }) => zone === ownZone && translatedSource !== selector.keep;
    }
  }
}

import { BlockList } from 'node:net';
import type { ForgetConnections } from '@sallyport/dataplane';
import type { Connection } from './connection.ts';

/** All conntrack entries between these ends go, of every protocol, port and zone. */
export type ForgottenEntries = Omit<Connection, 'zone'>;

/** Which entries are to be deleted, each kind once. */
export function chooseForgotten(
  connections: readonly Connection[],
  forget: readonly ForgetConnections[],
): readonly ForgottenEntries[] {
  const listOf = blockLists();
  const rules = forget.map((one) => isForgotten(one, listOf));
  const chosen = connections
    .filter((connection) => rules.some((rule) => rule(connection)))
    .map(({ source, destination, translatedSource }) => ({
      source,
      destination,
      translatedSource,
    }));
  return [...new Map(chosen.map((entries) => [Object.values(entries).join(), entries])).values()];
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

function isForgotten(
  forget: ForgetConnections,
  listOf: (cidrs: readonly string[]) => BlockList,
): (connection: Connection) => boolean {
  switch (forget.of) {
    case 'pod': {
      const skip = listOf(forget.skip);
      const within = forget.within === undefined ? undefined : listOf(forget.within);
      return ({ source, destination, translatedSource }) =>
        source === forget.ip &&
        translatedSource !== forget.keep &&
        within?.check(destination) !== false &&
        !skip.check(destination);
    }
    case 'zone':
      return ({ zone, translatedSource }) =>
        zone === forget.zone && translatedSource !== forget.keep;
  }
}

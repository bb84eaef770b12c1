import { BlockList } from 'node:net';
import type { ForgetConnections } from '@sallyport/dataplane';
import type { Connection } from './connection.ts';

/** All conntrack entries between these ends go, of every protocol, port and zone. */
export type ForgottenEntries = Omit<Connection, 'zone'>;

const blockListOf = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', length = '32'] = cidr.split('/');
    list.addSubnet(address, Number(length));
  }
  return list;
};

const isForgotten = (forget: ForgetConnections): ((connection: Connection) => boolean) => {
  switch (forget.of) {
    case 'pod': {
      const skip = blockListOf(forget.skip);
      return ({ source, destination, translatedSource }) =>
        source === forget.ip && translatedSource !== forget.keep && !skip.check(destination);
    }
    case 'zone':
      return ({ zone, translatedSource }) => zone === forget.zone && translatedSource !== forget.keep;
  }
};

/** Which entries are to be deleted, each kind once. */
export const chooseForgotten = (
  connections: readonly Connection[],
  forget: readonly ForgetConnections[],
): readonly ForgottenEntries[] => {
  const rules = forget.map(isForgotten);
  const chosen = connections
    .filter((connection) => rules.some((rule) => rule(connection)))
    .map(({ source, destination, translatedSource }) => ({ source, destination, translatedSource }));
  return [...new Map(chosen.map((entries) => [Object.values(entries).join(), entries])).values()];
};

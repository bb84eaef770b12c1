import type { NetlinkMessage } from 'netlink';
import { parseAttributes } from 'netlink';

/** Message types of nf_tables (linux/netfilter/nf_tables.h), without the subsystem. */
const NEWCHAIN = 3;
const DELCHAIN = 5;
const NEWRULE = 6;
const DELRULE = 8;
const NEWGEN = 15;

/** NFNL_SUBSYS_NFTABLES. */
const SUBSYSTEM = 10;
/** Length of `struct nfgenmsg`, before the attributes. */
const HEADER_LENGTH = 4;

/** NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, NFTA_RULE_TABLE, NFTA_SET_TABLE …: the first attribute. */
const TABLE = 1;
const CHAIN_NAME = 3;
const CHAIN_HOOK = 4;
const RULE_CHAIN = 2;

const IPTABLES_TABLES: readonly string[] = ['raw', 'mangle', 'nat', 'filter'];
const IPTABLES_BASE_CHAINS: readonly string[] = [
  'PREROUTING',
  'INPUT',
  'FORWARD',
  'OUTPUT',
  'POSTROUTING',
];

/**
 * The extent of a change that may concern us; undefined for one that cannot. `own` is a change in
 * our tables. `any` is a change of one of these: a chain of ours in iptables, the rules of a base
 * chain there, any base chain.
 */
export function changeExtent({ type, data }: NetlinkMessage): 'own' | 'any' | undefined {
  const operation = type & 0xff;
  // The end of each transaction, whatever was in it.
  if (type >> 8 !== SUBSYSTEM || operation === NEWGEN) {
    return undefined;
  }
  const attributes = attributesOf(data);
  if (attributes === undefined) {
    return 'any';
  }
  const table = text(attributes.get(TABLE));
  if (isOurs(table)) {
    return 'own';
  }
  return isRelevant(operation, table, attributes) ? 'any' : undefined;
}

function isRelevant(
  operation: number,
  table: string,
  attributes: ReadonlyMap<number, Buffer>,
): boolean {
  const isTables = IPTABLES_TABLES.includes(table);
  switch (operation) {
    case NEWCHAIN:
    case DELCHAIN:
      return attributes.has(CHAIN_HOOK) || (isTables && isOurs(text(attributes.get(CHAIN_NAME))));
    case NEWRULE:
    case DELRULE: {
      const chain = text(attributes.get(RULE_CHAIN));
      return isTables && (isOurs(chain) || IPTABLES_BASE_CHAINS.includes(chain));
    }
    default:
      return false;
  }
}

/** Undefined when a length is impossible. */
function attributesOf(data: Buffer): ReadonlyMap<number, Buffer> | undefined {
  const attributes = new Map<number, Buffer>();
  try {
    parseAttributes(data.subarray(HEADER_LENGTH), ({ type, data: value }) => {
      attributes.set(type, value);
    });
  } catch {
    return undefined;
  }
  return attributes;
}

function isOurs(name: string): boolean {
  return name.toLowerCase().startsWith('sallyport');
}

/** A name ends with a zero byte. */
function text(value: Buffer | undefined): string {
  return value === undefined ? '' : value.toString('latin1').replace(/\0.*$/s, '');
}

/**
 * The numbers of nf_tables in netlink (linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h).
 */

const SUBSYSTEM = 10;

export const NFT_GETCHAIN = typeOf(4);
export const NFT_GETRULE = typeOf(7);
export const NFT_GETSET = typeOf(10);
export const NFT_NEWSETELEM = typeOf(12);
export const NFT_GETSETELEM = typeOf(13);
export const NFT_DELSETELEM = typeOf(14);

/** Around the messages of one transaction; the number of the subsystem is in their header. */
export const BATCH_BEGIN = 0x10;
export const BATCH_END = 0x11;
export const BATCH_HEADER = Buffer.from([0, 0, 0, SUBSYSTEM]);

/** Length of `struct nfgenmsg`, before the attributes: the family, a version, a number. */
export const NFGENMSG_LENGTH = 4;

/** The families of tables, by nft's names. */
export const FAMILIES: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};
export const NFPROTO_UNSPEC = 0;
export const NFPROTO_INET = 1;

export const NFTA_CHAIN = { table: 1, name: 3, hook: 4, type: 7 } as const;
export const NFTA_HOOK = { number: 1, priority: 2 } as const;
export const NFTA_RULE = { table: 1, chain: 2, expressions: 4, comment: 7 } as const;
export const NFTA_EXPR = { name: 1, data: 2 } as const;
export const NFTA_COUNTER_PACKETS = 2;
export const NFTA_SET = { table: 1, name: 2, flags: 3, keyType: 4 } as const;
export const NFTA_SET_ELEM_LIST = { table: 1, set: 2, elements: 3 } as const;
export const NFTA_SET_ELEM = { key: 1, data: 2, flags: 3 } as const;
export const NFTA_DATA = { value: 1, verdict: 2 } as const;
export const NFTA_VERDICT = { code: 1, chain: 2 } as const;
export const NFTA_LIST_ELEM = 1;

export const NFT_SET_INTERVAL = 0x4;
export const NFT_SET_ELEM_INTERVAL_END = 0x1;
export const NFT_JUMP = -3;

/** The hooks of the families ip, ip6 and inet, by number. */
export const HOOK_NAMES = ['prerouting', 'input', 'forward', 'output', 'postrouting'] as const;

/** Numbers that nft gives to the types of keys; a concatenation has six bits for each. */
export const KEY_TYPES = { ipv4: 7, ipv6: 8, mark: 19, bits: 6 } as const;

/** In the user data of a rule: the type of its comment (libnftnl). */
export const COMMENT = 0;

/** A name, as netlink has it. */
export function zeroEnded(name: string): Buffer {
  return Buffer.from(`${name}\0`, 'latin1');
}

/** The type of a message: the subsystem and the number within it. */
function typeOf(number: number): number {
  return (SUBSYSTEM << 8) | number;
}

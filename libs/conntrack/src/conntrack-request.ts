import type { Range } from '@sallyport/nfnetlink';
import { bytesFromIp } from '@sallyport/nfnetlink';
import { attribute, message, nested, NLM_F_DUMP, NLM_F_REQUEST } from '@sallyport/nfnetlink';
import type { ConntrackEntry } from './conntrack-entry.ts';
import {
  AF_INET,
  AF_UNSPEC,
  CT_DELETE,
  CT_GET,
  CTA_FILTER,
  CTA_FILTER_ORIG_FLAGS,
  CTA_FILTER_REPLY_FLAGS,
  CTA_ID,
  CTA_IP_V4_SRC,
  CTA_TUPLE_IP,
  CTA_TUPLE_ORIG,
  CTA_ZONE,
  FILTER_BY_SOURCE,
  NFGENMSG_LENGTH,
} from './ctnetlink.ts';

/**
 * The part of the table that a dump is about. A kernel may give more: it ignores attributes that it
 * does not know (CTA_FILTER before Linux 5.8, CTA_ZONE in a dump before 6.8).
 *
 * The source is an IPv4 address. For IPv6 the kernel's test is the wrong way round: it leaves out
 * exactly the wanted entries (`!ipv6_addr_cmp()` in ctnetlink_filter_match_tuple, seen on 6.18).
 */
export type DumpFilter =
  | { readonly kind: 'family'; readonly family: number }
  | { readonly kind: 'source'; readonly ipv4: string }
  /** Entries with this zone for both directions or for one. */
  | { readonly kind: 'zone'; readonly zone: number };

/** The request for a dump. */
export function dumpRequest(filter: DumpFilter, sequence: number): Buffer {
  const header = { type: CT_GET, flags: NLM_F_REQUEST | NLM_F_DUMP, sequence };
  switch (filter.kind) {
    case 'family':
      return message(header, nfgenmsg(filter.family));
    case 'source':
      return message(
        header,
        nfgenmsg(AF_INET),
        nested(
          CTA_TUPLE_ORIG,
          nested(CTA_TUPLE_IP, attribute(CTA_IP_V4_SRC, bytesFromIp(filter.ipv4))),
        ),
        nested(
          CTA_FILTER,
          attribute(CTA_FILTER_ORIG_FLAGS, uint32(FILTER_BY_SOURCE)),
          attribute(CTA_FILTER_REPLY_FLAGS, uint32(0)),
        ),
      );
    case 'zone':
      return message(header, nfgenmsg(AF_UNSPEC), attribute(CTA_ZONE, uint16BE(filter.zone)));
  }
}

/** The request to delete exactly this entry, and none that has taken its place. */
export function deletionRequest(entry: ConntrackEntry, sequence: number): Buffer {
  const copy = ({ start, end }: Range): Buffer => entry.bytes.subarray(start, end);
  return message(
    { type: CT_DELETE, flags: NLM_F_REQUEST, sequence },
    nfgenmsg(entry.family),
    nested(CTA_TUPLE_ORIG, copy(entry.originalTuple)),
    ...(entry.id === undefined ? [] : [attribute(CTA_ID, copy(entry.id))]),
    ...(entry.bothZone === undefined ? [] : [attribute(CTA_ZONE, copy(entry.bothZone))]),
  );
}

/** `struct nfgenmsg`: the family, version 0, resource 0. */
export function nfgenmsg(family: number): Buffer {
  const bytes = Buffer.alloc(NFGENMSG_LENGTH);
  bytes.writeUInt8(family, 0);
  return bytes;
}

/** A number as the attributes of an entry have it. */
export function uint16BE(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** A number as CTA_FILTER has it, unlike the other attributes. */
function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

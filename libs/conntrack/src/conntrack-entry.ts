import type { NetlinkMessage, Range } from '@sallyport/nfnetlink';
import { ipFromBytes } from '@sallyport/nfnetlink';
import { findAttribute } from '@sallyport/nfnetlink';
import type { Connection } from './connection.ts';
import {
  CTA_ID,
  CTA_IP_V4_DST,
  CTA_IP_V4_SRC,
  CTA_IP_V6_DST,
  CTA_IP_V6_SRC,
  CTA_TUPLE_IP,
  CTA_TUPLE_ORIG,
  CTA_TUPLE_REPLY,
  CTA_TUPLE_ZONE,
  CTA_ZONE,
  NFGENMSG_LENGTH,
} from './ctnetlink.ts';

/**
 * A conntrack entry out of a dump: the connection, and the ranges of `bytes` that name exactly this
 * entry. The kernel gets them back as it gave them, so that every protocol works.
 */
export interface ConntrackEntry extends Connection {
  /** AF_INET or AF_INET6. */
  readonly family: number;
  readonly bytes: Buffer;
  /** The payload of CTA_TUPLE_ORIG, the zone of the original direction included. */
  readonly originalTuple: Range;
  /** The payload of CTA_ID: another entry with the same tuple has another one. */
  readonly id: Range | undefined;
  /** The payload of CTA_ZONE, the zone of both directions. */
  readonly bothZone: Range | undefined;
}

/** Reads an entry; undefined for a message without both tuples. Throws when it is malformed. */
export function entryFromMessage({ bytes, payload }: NetlinkMessage): ConntrackEntry | undefined {
  const attributes = { start: payload.start + NFGENMSG_LENGTH, end: payload.end };
  const originalTuple = findAttribute(bytes, attributes, CTA_TUPLE_ORIG);
  const replyTuple = findAttribute(bytes, attributes, CTA_TUPLE_REPLY);
  if (originalTuple === undefined || replyTuple === undefined) {
    return undefined;
  }
  const original = findAttribute(bytes, originalTuple, CTA_TUPLE_IP);
  const reply = findAttribute(bytes, replyTuple, CTA_TUPLE_IP);
  const zone = findAttribute(bytes, originalTuple, CTA_TUPLE_ZONE);
  return {
    family: bytes.readUInt8(payload.start),
    source: ipIn(bytes, original, CTA_IP_V4_SRC, CTA_IP_V6_SRC),
    destination: ipIn(bytes, reply, CTA_IP_V4_SRC, CTA_IP_V6_SRC),
    translatedSource: ipIn(bytes, reply, CTA_IP_V4_DST, CTA_IP_V6_DST),
    zone: zone === undefined ? 0 : bytes.readUInt16BE(zone.start),
    bytes,
    originalTuple,
    id: findAttribute(bytes, attributes, CTA_ID),
    bothZone: findAttribute(bytes, attributes, CTA_ZONE),
  };
}

function ipIn(bytes: Buffer, ips: Range | undefined, v4: number, v6: number): string {
  const found = ips && (findAttribute(bytes, ips, v4) ?? findAttribute(bytes, ips, v6));
  if (found === undefined) {
    throw new Error('a tuple of a conntrack entry has no address');
  }
  return ipFromBytes(bytes, found.start, found.end);
}

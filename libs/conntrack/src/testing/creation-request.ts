import { bytesFromIp } from '@sallyport/nfnetlink';
import {
  attribute,
  message,
  nested,
  NLM_F_CREATE,
  NLM_F_EXCL,
  NLM_F_REQUEST,
} from '@sallyport/nfnetlink';
import type { Connection } from '../connection.ts';
import { nfgenmsg, uint16BE } from '../conntrack-request.ts';
import {
  AF_INET,
  AF_INET6,
  CT_NEW,
  CTA_IP_V4_DST,
  CTA_IP_V4_SRC,
  CTA_IP_V6_DST,
  CTA_IP_V6_SRC,
  CTA_PROTO_DST_PORT,
  CTA_PROTO_NUM,
  CTA_PROTO_SRC_PORT,
  CTA_STATUS,
  CTA_TIMEOUT,
  CTA_TUPLE_IP,
  CTA_TUPLE_ORIG,
  CTA_TUPLE_PROTO,
  CTA_TUPLE_REPLY,
  CTA_TUPLE_ZONE,
  CTA_ZONE,
} from '../ctnetlink.ts';

/** A UDP connection to port 53 to make an entry of. */
export interface NewConnection extends Connection {
  /** Two connections with the same addresses, or translated addresses, need two of these. */
  readonly sourcePort: number;
  /** The zone of both directions, as Open vSwitch chooses one; default none. */
  readonly bothZone?: number;
}

const UDP = 17;
const DESTINATION_PORT = 53;
const TIMEOUT_S = 3600;
/** IPS_CONFIRMED (linux/netfilter/nf_conntrack_common.h). */
const STATUS = 8;

/** The request to make the entry of a connection, without a packet. */
export function creationRequest(connection: NewConnection, sequence: number): Buffer {
  const { source, destination, translatedSource, zone, bothZone, sourcePort } = connection;
  return message(
    { type: CT_NEW, flags: NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL, sequence },
    nfgenmsg(source.includes(':') ? AF_INET6 : AF_INET),
    nested(
      CTA_TUPLE_ORIG,
      addresses(source, destination),
      ports(sourcePort, DESTINATION_PORT),
      ...(zone === 0 ? [] : [attribute(CTA_TUPLE_ZONE, uint16BE(zone))]),
    ),
    nested(
      CTA_TUPLE_REPLY,
      addresses(destination, translatedSource),
      ports(DESTINATION_PORT, sourcePort),
    ),
    attribute(CTA_STATUS, uint32BE(STATUS)),
    attribute(CTA_TIMEOUT, uint32BE(TIMEOUT_S)),
    ...(bothZone === undefined ? [] : [attribute(CTA_ZONE, uint16BE(bothZone))]),
  );
}

function addresses(source: string, destination: string): Buffer {
  const [from, to] = source.includes(':')
    ? [CTA_IP_V6_SRC, CTA_IP_V6_DST]
    : [CTA_IP_V4_SRC, CTA_IP_V4_DST];
  return nested(
    CTA_TUPLE_IP,
    attribute(from, bytesFromIp(source)),
    attribute(to, bytesFromIp(destination)),
  );
}

function ports(source: number, destination: number): Buffer {
  return nested(
    CTA_TUPLE_PROTO,
    attribute(CTA_PROTO_NUM, Buffer.from([UDP])),
    attribute(CTA_PROTO_SRC_PORT, uint16BE(source)),
    attribute(CTA_PROTO_DST_PORT, uint16BE(destination)),
  );
}

function uint32BE(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

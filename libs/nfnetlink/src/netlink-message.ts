/**
 * Messages and attributes of netlink, as bytes (linux/netlink.h). The numbers are in the order of
 * the machine: little-endian on every architecture that images are built for.
 */

/** Message types that netlink itself uses. */
export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

export const NLM_F_REQUEST = 0x1;
export const NLM_F_ACK = 0x4;
/** In an answer: the table changed while it was dumped, so entries may be missing. */
export const NLM_F_DUMP_INTR = 0x10;
/** NLM_F_ROOT and NLM_F_MATCH: all objects. */
export const NLM_F_DUMP = 0x300;
export const NLM_F_CREATE = 0x400;
export const NLM_F_EXCL = 0x200;

const HEADER_LENGTH = 16;
const ATTRIBUTE_HEADER_LENGTH = 4;
const NLA_F_NESTED = 0x8000;
/** The type without the flags for nesting and for network byte order. */
const NLA_TYPE_MASK = 0x3fff;

/** A part of a buffer: from `start` up to, and without, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** One message within a datagram; `payload` is a range of `bytes`. */
export interface NetlinkMessage {
  readonly bytes: Buffer;
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Range;
}

/** The messages of a datagram. Throws when a length in it is impossible. */
export function messagesOf(bytes: Buffer): readonly NetlinkMessage[] {
  const messages: NetlinkMessage[] = [];
  for (let start = 0; start < bytes.length;) {
    const length = start + HEADER_LENGTH <= bytes.length ? bytes.readUInt32LE(start) : 0;
    const end = start + length;
    if (length < HEADER_LENGTH || end > bytes.length) {
      throw new Error(`a netlink message at byte ${start} has an invalid length`);
    }
    messages.push({
      bytes,
      type: bytes.readUInt16LE(start + 4),
      flags: bytes.readUInt16LE(start + 6),
      sequence: bytes.readUInt32LE(start + 8),
      payload: { start: start + HEADER_LENGTH, end },
    });
    start += aligned(length);
  }
  return messages;
}

/** The error number in an NLMSG_ERROR or NLMSG_DONE: 0 for success, else positive. */
export function errnoOf({ bytes, payload }: NetlinkMessage): number {
  // A kernel may end a dump without a number.
  return payload.end - payload.start < 4 ? 0 : -bytes.readInt32LE(payload.start);
}

/** A message from its header and the parts of its payload, padded for another one behind it. */
export function message(
  { type, flags, sequence }: Pick<NetlinkMessage, 'type' | 'flags' | 'sequence'>,
  ...parts: readonly Uint8Array[]
): Buffer {
  const header = Buffer.alloc(HEADER_LENGTH);
  const whole = Buffer.concat([header, ...parts]);
  whole.writeUInt32LE(whole.length, 0);
  whole.writeUInt16LE(type, 4);
  whole.writeUInt16LE(flags, 6);
  whole.writeUInt32LE(sequence, 8);
  return padded(whole);
}

/**
 * Requests as one datagram. The last of them gets an answer in any case; the others get one when
 * they fail.
 */
export function datagramOf(requests: readonly Buffer[]): Buffer {
  const datagram = Buffer.concat(requests);
  const flagsOfLast = datagram.length - (requests.at(-1)?.length ?? 0) + 6;
  datagram.writeUInt16LE(datagram.readUInt16LE(flagsOfLast) | NLM_F_ACK, flagsOfLast);
  return datagram;
}

/** An attribute: its header and its payload, padded for another one behind it. */
export function attribute(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(ATTRIBUTE_HEADER_LENGTH);
  header.writeUInt16LE(ATTRIBUTE_HEADER_LENGTH + payload.length, 0);
  header.writeUInt16LE(type, 2);
  return padded(Buffer.concat([header, payload]));
}

/** An attribute whose payload is attributes. */
export function nested(type: number, ...attributes: readonly Uint8Array[]): Buffer {
  return attribute(type | NLA_F_NESTED, Buffer.concat(attributes));
}

/**
 * The payload of the first attribute of this type among those in `within`. It allocates nothing for
 * the attributes before: a dump has millions. Throws when a length is impossible.
 */
export function findAttribute(bytes: Buffer, within: Range, type: number): Range | undefined {
  for (let start = within.start; start < within.end;) {
    const length = lengthOfAttribute(bytes, start, within.end);
    if ((bytes.readUInt16LE(start + 2) & NLA_TYPE_MASK) === type) {
      return { start: start + ATTRIBUTE_HEADER_LENGTH, end: start + length };
    }
    start += aligned(length);
  }
  return undefined;
}

/** The attributes in a range, in order; none without one. Throws when a length is impossible. */
export function attributesIn(
  bytes: Buffer,
  within: Range | undefined,
): readonly { readonly type: number; readonly range: Range }[] {
  const found: { readonly type: number; readonly range: Range }[] = [];
  const end = within?.end ?? 0;
  for (let start = within?.start ?? 0; start < end;) {
    const length = lengthOfAttribute(bytes, start, end);
    const type = bytes.readUInt16LE(start + 2) & NLA_TYPE_MASK;
    found.push({ type, range: { start: start + ATTRIBUTE_HEADER_LENGTH, end: start + length } });
    start += aligned(length);
  }
  return found;
}

function lengthOfAttribute(bytes: Buffer, start: number, end: number): number {
  const length = start + ATTRIBUTE_HEADER_LENGTH <= end ? bytes.readUInt16LE(start) : 0;
  if (length < ATTRIBUTE_HEADER_LENGTH || start + length > end) {
    throw new Error(`a netlink attribute at byte ${start} has an invalid length`);
  }
  return length;
}

function padded(bytes: Buffer): Buffer {
  const missing = aligned(bytes.length) - bytes.length;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}

/** Everything in netlink begins at a multiple of four bytes. */
function aligned(length: number): number {
  return (length + 3) & ~3;
}

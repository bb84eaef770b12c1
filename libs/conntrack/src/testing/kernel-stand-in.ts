import { constants } from 'node:os';
import type { NetlinkMessage, Range } from '@sallyport/nfnetlink';
import type { NetfilterSocket } from '@sallyport/nfnetlink';
import { NetlinkError } from '@sallyport/nfnetlink';
import {
  attribute,
  findAttribute,
  message,
  messagesOf,
  NLM_F_ACK,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '@sallyport/nfnetlink';
import type { ConntrackEntry } from '../conntrack-entry.ts';
import { entryFromMessage } from '../conntrack-entry.ts';
import type { DumpFilter } from '../conntrack-request.ts';
import { dumpRequest } from '../conntrack-request.ts';
import { AF_UNSPEC, CT_GET, CT_NEW, CTA_FILTER, CTA_ID, CTA_ZONE } from '../ctnetlink.ts';
import type { NewConnection } from './creation-request.ts';
import { creationRequest } from './creation-request.ts';

interface Entry {
  readonly connection: NewConnection;
  readonly id: number;
}

/** ctnetlink of a kernel in memory, on bytes, with the faults of a kernel. */
export class KernelStandIn {
  #entries: readonly Entry[] = [];
  #lastId = 0;
  sockets = 0;
  openSockets = 0;
  /** The number of requests in each datagram. */
  readonly datagrams: number[] = [];
  readonly filters: DumpFilter['kind'][] = [];
  /** The error number by which the kernel refuses a dump with a filter. */
  refusesFilters = 0;
  ignoresFilters = false;
  /** The error number by which it refuses each datagram as a whole. */
  refusesDatagrams = 0;
  failingDeletion: { readonly index: number; readonly errno: number } | undefined;
  faultyDumps: { readonly fault: 'interruption' | 'overflow'; times: number } | undefined;
  /** How many datagrams with deletions have their answers lost. */
  overflowsOnDeletion = 0;
  /** Called before each datagram with deletions. */
  beforeDeletion: () => void = () => undefined;

  add(connection: NewConnection): void {
    this.#lastId += 1;
    this.#entries = [...this.#entries, { connection, id: this.#lastId }];
  }

  /** As if every connection had ended. */
  clear(): void {
    this.#entries = [];
  }

  /** As if every connection had ended, and begun again with the same tuple. */
  renew(): void {
    const entries = this.#entries;
    this.clear();
    for (const { connection } of entries) {
      this.add(connection);
    }
  }

  sources(): readonly string[] {
    return [...new Set(this.#entries.map(({ connection }) => connection.source))].sort();
  }

  open(): NetfilterSocket {
    this.sockets += 1;
    this.openSockets += 1;
    return {
      exchange: async (datagram, receive) => {
        await Promise.resolve();
        const requests = messagesOf(datagram);
        this.datagrams.push(requests.length);
        for (const answer of this.#answersTo(requests)) {
          if (messagesOf(answer).some(receive)) {
            return;
          }
        }
        throw new Error('the stand-in has no more answers');
      },
      close: () => {
        this.openSockets -= 1;
      },
    };
  }

  #answersTo(requests: readonly NetlinkMessage[]): readonly Buffer[] {
    const [first] = requests;
    if (first === undefined) {
      return [];
    }
    if (first.type !== CT_GET) {
      this.beforeDeletion();
    }
    if (this.refusesDatagrams !== 0) {
      return [errorFor(first, this.refusesDatagrams)];
    }
    return first.type === CT_GET ? this.#dump(first) : this.#delete(requests);
  }

  #dump(request: NetlinkMessage): readonly Buffer[] {
    const filter = filterIn(request);
    this.filters.push(filter);
    if (filter !== 'family' && this.refusesFilters !== 0) {
      return [errorFor(request, this.refusesFilters)];
    }
    const fault = this.#nextFault();
    if (fault === 'overflow') {
      throw new NetlinkError('ctnetlink: no room: ENOBUFS', 'ENOBUFS');
    }
    const flags = fault === 'interruption' ? NLM_F_DUMP_INTR : 0;
    const { sequence } = request;
    return [
      ...this.#entries
        .filter(({ connection }) => this.ignoresFilters || isIn(request, connection))
        .map((entry) => messageOf(entry, flags, sequence)),
      message({ type: NLMSG_DONE, flags, sequence }, Buffer.alloc(4)),
    ];
  }

  #nextFault(): string | undefined {
    const { faultyDumps } = this;
    if (faultyDumps === undefined || faultyDumps.times === 0) {
      return undefined;
    }
    faultyDumps.times -= 1;
    return faultyDumps.fault;
  }

  #delete(requests: readonly NetlinkMessage[]): readonly Buffer[] {
    const answers = requests.flatMap((request, index) => {
      const errno =
        index === this.failingDeletion?.index
          ? this.failingDeletion.errno
          : this.#deleteOne(request);
      return errno !== 0 || (request.flags & NLM_F_ACK) !== 0 ? [errorFor(request, errno)] : [];
    });
    if (this.overflowsOnDeletion > 0) {
      this.overflowsOnDeletion -= 1;
      throw new NetlinkError('ctnetlink: no room: ENOBUFS', 'ENOBUFS');
    }
    return answers;
  }

  /** Returns the error number. */
  #deleteOne(request: NetlinkMessage): number {
    const left = this.#entries.filter((entry) => !isNamed(request, entry));
    const isFound = left.length < this.#entries.length;
    this.#entries = left;
    return isFound ? 0 : constants.errno.ENOENT;
  }
}

function errorFor({ sequence, bytes, payload }: NetlinkMessage, errno: number): Buffer {
  const answer = Buffer.alloc(4);
  answer.writeInt32LE(-errno);
  const echo = bytes.subarray(payload.start - 16, payload.end);
  return message({ type: NLMSG_ERROR, flags: 0, sequence }, answer, echo);
}

function filterIn(request: NetlinkMessage): DumpFilter['kind'] {
  return has(request, CTA_FILTER) ? 'source' : has(request, CTA_ZONE) ? 'zone' : 'family';
}

/** Whether a connection is in the part of the table that a dump is about. */
function isIn(request: NetlinkMessage, connection: NewConnection): boolean {
  const { source, zone, bothZone = 0 } = connection;
  const family = request.bytes.readUInt8(request.payload.start);
  const filters: readonly DumpFilter[] = [
    ...(source.includes(':') ? [] : [{ kind: 'source', ipv4: source } as const]),
    { kind: 'zone', zone },
    { kind: 'zone', zone: bothZone },
  ];
  return filterIn(request) === 'family'
    ? [AF_UNSPEC, source.includes(':') ? 10 : 2].includes(family)
    : filters.some((filter) => dumpRequest(filter, request.sequence).equals(whole(request)));
}

function messageOf({ connection, id }: Entry, flags: number, sequence: number): Buffer {
  const [creation] = messagesOf(creationRequest(connection, sequence));
  if (creation === undefined) {
    throw new Error('there is no message in the request');
  }
  const idBytes = Buffer.alloc(4);
  idBytes.writeUInt32BE(id);
  return message(
    { type: CT_NEW, flags, sequence },
    creation.bytes.subarray(creation.payload.start, creation.payload.end),
    attribute(CTA_ID, idBytes),
  );
}

/** Whether a deletion is about this entry: it has its original tuple, its zones and its id. */
function isNamed(deletion: NetlinkMessage, entry: Entry): boolean {
  const [dumped] = messagesOf(messageOf(entry, 0, 0));
  const decoded = dumped && entryFromMessage(dumped);
  if (decoded === undefined) {
    return false;
  }
  const wanted: readonly (readonly [number, Range | undefined])[] = [
    [1, decoded.originalTuple],
    [CTA_ID, decoded.id],
    [CTA_ZONE, decoded.bothZone],
  ];
  return wanted.every(([type, range]) => isEqual(deletion, type, decoded, range));
}

function isEqual(
  deletion: NetlinkMessage,
  type: number,
  { bytes }: ConntrackEntry,
  range: Range | undefined,
): boolean {
  const found = attributeOf(deletion, type);
  return found === undefined || range === undefined
    ? found === range
    : deletion.bytes
        .subarray(found.start, found.end)
        .equals(bytes.subarray(range.start, range.end));
}

function has(request: NetlinkMessage, type: number): boolean {
  return attributeOf(request, type) !== undefined;
}

function attributeOf({ bytes, payload }: NetlinkMessage, type: number): Range | undefined {
  return findAttribute(bytes, { start: payload.start + 4, end: payload.end }, type);
}

function whole({ bytes, payload }: NetlinkMessage): Buffer {
  return bytes.subarray(payload.start - 16, payload.end);
}

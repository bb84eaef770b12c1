import { constants } from 'node:os';
import type { ConnectionSelector, Marks } from '@sallyport/dataplane';
import type { NetfilterSocket } from '@sallyport/nfnetlink';
import { NetlinkError, refusal } from '@sallyport/nfnetlink';
import {
  datagramOf,
  errnoOf,
  NLM_F_DUMP_INTR,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '@sallyport/nfnetlink';
import { connectionChooser } from './choose-connections.ts';
import type { Connection } from './connection.ts';
import type { ConntrackEntry } from './conntrack-entry.ts';
import { entryFromMessage } from './conntrack-entry.ts';
import type { DumpFilter } from './conntrack-request.ts';
import { deletionRequest, dumpRequest } from './conntrack-request.ts';
import { AF_UNSPEC, CT_NEW } from './ctnetlink.ts';
import { dumpFilters } from './dump-filters.ts';

/** How often the whole operation is done at most, until nothing of a dump or an answer was lost. */
const ATTEMPTS = 5;

/**
 * Deletions in one datagram. If all fail, their answers must fit into the receive buffer. It has
 * 212 992 bytes as a rule, and an answer takes 1280 at most.
 */
const BATCH = 128;

/** The name that Node.js has for EOPNOTSUPP. */
const NOT_SUPPORTED = 'ENOTSUP';

/**
 * The most deletions that are kept in memory, which takes about 75 MB. If there are more entries to
 * delete, the table is dumped again.
 */
const MAX_DELETIONS = 131_072;

/** Stands for a dump with NLM_F_DUMP_INTR, which the kernel does not report as an error. */
const INTERRUPTED = 'EINTR';

/**
 * Deletes conntrack entries, so that the next packet of each connection is translated by the
 * present rules. Entries that end meanwhile are no error. Rejects with {@link NetlinkError}.
 *
 * A connection that begins between the dump and the last deletion is not looked at. The order of a
 * plan makes that right: the Pod is blocked, or the new rules are in place, before this operation.
 * So no such connection can have a wrong source.
 */
export async function deleteConnections(
  open: () => NetfilterSocket,
  selectors: readonly ConnectionSelector[],
  marks: Marks,
  maxDeletions = MAX_DELETIONS,
): Promise<void> {
  if (selectors.length === 0) {
    return;
  }
  const filters = dumpFilters(selectors, marks);
  const isChosen = connectionChooser(selectors, marks);
  for (let attempt = 1; ; attempt += 1) {
    // One socket for each attempt: nothing late of a failed one gets into the next.
    const socket = open();
    try {
      for (let hasMore = true; hasMore;) {
        const deletions = new Deletions(maxDeletions);
        await dumpDeletions(socket, filters, isChosen, deletions);
        hasMore = await sendDeletions(socket, deletions);
      }
      return;
    } catch (error) {
      // The next dump finds the entries that are left.
      if (attempt === ATTEMPTS || !isError(error, 'ENOBUFS', INTERRUPTED)) {
        throw error;
      }
    } finally {
      socket.close();
    }
  }
}

/** Collects the deletions of the chosen entries. Nothing else of the dumps is kept in memory. */
async function dumpDeletions(
  socket: NetfilterSocket,
  filters: readonly DumpFilter[],
  isChosen: (connection: Connection) => boolean,
  deletions: Deletions,
): Promise<void> {
  for (const filter of filters) {
    try {
      await dump(socket, filter, isChosen, deletions);
    } catch (error) {
      if (filter.kind === 'family' || !isError(error, 'EINVAL', NOT_SUPPORTED)) {
        throw error;
      }
      // A kernel that refuses one filter refuses all. The chooser does without.
      await dump(socket, { kind: 'family', family: AF_UNSPEC }, isChosen, deletions);
      break;
    }
  }
}

async function dump(
  socket: NetfilterSocket,
  filter: DumpFilter,
  isChosen: (connection: Connection) => boolean,
  deletions: Deletions,
): Promise<void> {
  const sequence = deletions.nextSequence();
  let flags = 0;
  await socket.exchange(dumpRequest(filter, sequence), (message) => {
    if (message.sequence !== sequence) {
      return false;
    }
    flags |= message.flags;
    if (message.type === NLMSG_ERROR || message.type === NLMSG_DONE) {
      throwIfRefused('list conntrack entries', errnoOf(message));
      return true;
    }
    const entry = message.type === CT_NEW ? entryFromMessage(message) : undefined;
    if (entry !== undefined && isChosen(entry)) {
      deletions.add(entry);
    }
    return false;
  });
  if ((flags & NLM_F_DUMP_INTR) !== 0) {
    throw new NetlinkError('ctnetlink: the table changed during each dump', INTERRUPTED);
  }
}

/**
 * Resolves with true when there were more entries to delete than `deletions` has room for.
 *
 * The kernel does the requests of a datagram in order. It answers those that fail, and the last,
 * which asks for an answer. An answer for each would cost more than the deletions.
 */
async function sendDeletions(socket: NetfilterSocket, deletions: Deletions): Promise<boolean> {
  for (const { datagram, lastSequence } of deletions.batches()) {
    await socket.exchange(datagram, (answer) => {
      if (answer.type !== NLMSG_ERROR) {
        return false;
      }
      const errno = errnoOf(answer);
      if (errno !== constants.errno.ENOENT) {
        throwIfRefused('delete a conntrack entry', errno);
      }
      return answer.sequence === lastSequence;
    });
  }
  return deletions.hasMore;
}

function throwIfRefused(request: string, errno: number): void {
  if (errno !== 0) {
    throw refusal(`ctnetlink: ${request}`, errno);
  }
}

function isError(error: unknown, ...names: readonly string[]): boolean {
  return error instanceof NetlinkError && names.includes(error.errorName ?? '');
}

/** Deletions in one datagram. */
interface Batch {
  readonly datagram: Buffer;
  readonly lastSequence: number;
}

/** Collects deletions, and numbers all requests of one round. */
class Deletions {
  readonly #max: number;
  readonly #batches: Batch[] = [];
  #requests: Buffer[] = [];
  #sequence = 0;
  #lastSequence = 0;
  #count = 0;
  /** Whether entries were added that had no room. */
  hasMore = false;

  constructor(max: number) {
    this.#max = max;
  }

  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  add(entry: ConntrackEntry): void {
    if (this.#count === this.#max) {
      this.hasMore = true;
      return;
    }
    this.#count += 1;
    this.#lastSequence = this.nextSequence();
    this.#requests.push(deletionRequest(entry, this.#lastSequence));
    if (this.#requests.length === BATCH) {
      this.#endBatch();
    }
  }

  batches(): readonly Batch[] {
    if (this.#requests.length > 0) {
      this.#endBatch();
    }
    return this.#batches;
  }

  #endBatch(): void {
    const datagram = datagramOf(this.#requests);
    this.#batches.push({ datagram, lastSequence: this.#lastSequence });
    this.#requests = [];
  }
}

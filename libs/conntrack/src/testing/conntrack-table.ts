import { constants } from 'node:os';
import type { NetlinkMessage } from '@sallyport/nfnetlink';
import type { NetfilterSocket } from '@sallyport/nfnetlink';
import { refusal } from '@sallyport/nfnetlink';
import { datagramOf, errnoOf, message, NLM_F_REQUEST, NLMSG_DONE } from '@sallyport/nfnetlink';
import type { Connection } from '../connection.ts';
import { entryFromMessage } from '../conntrack-entry.ts';
import { dumpRequest, nfgenmsg } from '../conntrack-request.ts';
import { AF_UNSPEC, CT_DELETE, CT_NEW } from '../ctnetlink.ts';
import type { NewConnection } from './creation-request.ts';
import { creationRequest } from './creation-request.ts';

const BATCH = 128;

/** The whole conntrack table of a network namespace, to set a case up and to look at its end. */
export class ConntrackTable {
  readonly #open: () => NetfilterSocket;

  constructor(open: () => NetfilterSocket) {
    this.#open = open;
  }

  /** Makes entries without a packet. */
  async create(connections: readonly NewConnection[]): Promise<void> {
    await this.#withSocket(async (socket) => {
      for (let start = 0; start < connections.length; start += BATCH) {
        const requests = connections.slice(start, start + BATCH).map(creationRequest);
        await socket.exchange(datagramOf(requests), (answer) => {
          throwIfRefused('make a conntrack entry', answer);
          return answer.sequence === requests.length - 1;
        });
      }
    });
  }

  /** Calls `visit` with each entry. */
  async list(visit: (connection: Connection) => void): Promise<void> {
    await this.#withSocket(async (socket) => {
      await socket.exchange(dumpRequest({ kind: 'family', family: AF_UNSPEC }, 1), (answer) => {
        const entry = answer.type === CT_NEW ? entryFromMessage(answer) : undefined;
        if (entry === undefined) {
          throwIfRefused('list conntrack entries', answer);
        } else {
          visit(entry);
        }
        return answer.type === NLMSG_DONE;
      });
    });
  }

  /** Deletes every entry. */
  async flush(): Promise<void> {
    await this.#withSocket(async (socket) => {
      const header = { type: CT_DELETE, flags: NLM_F_REQUEST, sequence: 1 };
      await socket.exchange(datagramOf([message(header, nfgenmsg(AF_UNSPEC))]), (answer) => {
        if (errnoOf(answer) !== constants.errno.ENOENT) {
          throwIfRefused('delete all conntrack entries', answer);
        }
        return true;
      });
    });
  }

  async #withSocket(use: (socket: NetfilterSocket) => Promise<void>): Promise<void> {
    const socket = this.#open();
    try {
      await use(socket);
    } finally {
      socket.close();
    }
  }
}

function throwIfRefused(request: string, answer: NetlinkMessage): void {
  if (errnoOf(answer) !== 0) {
    throw refusal(`ctnetlink: ${request}`, errnoOf(answer));
  }
}

import { Protocol, RawNetlinkSocket } from 'netlink';
import { NetlinkError } from './netlink-error.ts';
import type { NetlinkMessage } from './netlink-message.ts';
import { messagesOf } from './netlink-message.ts';

/** One netlink socket to the kernel's netfilter. After a rejection, only `close` may follow. */
export interface NetfilterSocket {
  /**
   * Sends a datagram, and gives each message that comes in to `receive`, until it returns true.
   * Rejects with an error that `receive` throws. Rejects with {@link NetlinkError} when messages
   * were lost (`ENOBUFS`), nothing came for a while, or the datagram could not be sent. Calls must
   * not overlap.
   */
  exchange(datagram: Buffer, receive: (message: NetlinkMessage) => boolean): Promise<void>;
  close(): void;
}

/** Without a message for this time an exchange has failed, in milliseconds. */
const SILENCE_MS = 5000;

/**
 * Room for one datagram, in bytes: the most that the kernel gives in a dump. That takes fewer calls
 * than its default of one page or two.
 */
const DATAGRAM_BYTES = 32_768;

/** Opens a socket in this network namespace. Throws {@link NetlinkError} if there is none. */
export function openNetfilterSocket(): NetfilterSocket {
  const socket = newSocket();
  let exchange: Exchange | undefined;
  const fail = (error: Error): void => exchange?.fail(error);
  socket.on('message', (datagram) => exchange?.take(datagram));
  socket.on('truncatedMessage', () => {
    fail(new NetlinkError(`netlink: a datagram has more than ${DATAGRAM_BYTES} bytes`));
  });
  socket.on('error', (error) => {
    fail(errorFor(error));
  });
  return {
    exchange: (datagram, receive) =>
      new Promise<void>((resolve, reject) => {
        exchange = startExchange(receive, (error) => {
          exchange = undefined;
          if (error === undefined) {
            resolve();
          } else {
            reject(error);
          }
        });
        socket.send(datagram, {}, (error) => {
          if (error !== undefined) {
            fail(errorFor(error));
          }
        });
      }),
    close: () => {
      socket.close();
    },
  };
}

function newSocket(): RawNetlinkSocket {
  try {
    return new RawNetlinkSocket(Protocol.NETFILTER, {
      messagePeeking: false,
      msgBufferSize: DATAGRAM_BYTES,
      // 0: leave them as they are.
      recvBufferSize: 0,
      sendBufferSize: 0,
    });
  } catch (error) {
    throw errorFor(error);
  }
}

/** @param cause of `netlink`, with a `code` such as `ENOBUFS`. */
function errorFor(cause: unknown): NetlinkError {
  const { message, code } = cause as { readonly message?: string; readonly code?: string };
  return new NetlinkError(`netlink: ${message ?? String(cause)}`, code, cause);
}

interface Exchange {
  readonly take: (datagram: Buffer) => void;
  readonly fail: (error: Error) => void;
}

function startExchange(
  receive: (message: NetlinkMessage) => boolean,
  end: (error?: Error) => void,
): Exchange {
  const silence = setTimeout(() => {
    fail(new NetlinkError(`netlink: no answer within ${SILENCE_MS} ms`));
  }, SILENCE_MS);
  const finish = (error?: Error): void => {
    clearTimeout(silence);
    end(error);
  };
  function fail(error: Error): void {
    finish(error);
  }
  return {
    take(datagram) {
      silence.refresh();
      try {
        // The rest of a datagram after the end belongs to nobody.
        if (messagesOf(datagram).some(receive)) {
          finish();
        }
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    },
    fail,
  };
}

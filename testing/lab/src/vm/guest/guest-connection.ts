import type { Duplex } from 'node:stream';
import { createFrameDecoder, encodeFrame } from '../../service/frame.ts';
import type { Reply, Request } from '../../service/protocol.ts';

/** A request without its id: the connection chooses that. */
export type RequestBody = Request extends infer R
  ? R extends Request
    ? Omit<R, 'id'>
    : never
  : never;

/** Called with every reply to one request, or once when no more will come. */
interface ReplyListener {
  onReply(reply: Reply): void;
  onLost(error: Error): void;
}

/** One request that was sent. */
export interface Exchange {
  /** Sends more for the same request; false when the sender should wait for `drained`. */
  send(body: RequestBody): boolean;
  drained(): Promise<void>;
  /** No reply is expected any more. */
  close(): void;
}

/** Many concurrent requests through the one port to the guest. */
export interface GuestConnection {
  /** Resolves when the guest is set up; rejects with the error of a set-up that failed. */
  readonly ready: Promise<void>;
  open(body: RequestBody, listener: ReplyListener): Exchange;
  /** The guest is gone: calls `onLost` of every listener, also of those that come later. */
  lose(error: Error): void;
}

/** Speaks with the service in the guest (../../service/main.ts). */
export function connectGuest(port: Duplex): GuestConnection {
  const listeners = new Map<number, ReplyListener>();
  let lastId = 0;
  let lost: Error | undefined;
  const send = (body: RequestBody, id: number): boolean =>
    lost !== undefined || port.write(encodeFrame({ ...body, id }));

  const lose = (error: Error): void => {
    lost ??= error;
    for (const listener of [...listeners.values()]) {
      listener.onLost(lost);
    }
    listeners.clear();
  };

  const decode = createFrameDecoder();
  const repliesIn = (chunk: Buffer): readonly Reply[] => {
    try {
      return decode(chunk) as readonly Reply[];
    } catch (cause) {
      lose(new Error('the guest sent an invalid reply', { cause }));
      return [];
    }
  };
  const ready = new Promise<void>((resolve, reject) => {
    port.on('data', (chunk: Buffer) => {
      for (const reply of repliesIn(chunk)) {
        if (reply.kind !== 'ready') {
          listeners.get(reply.id)?.onReply(reply);
        } else if (reply.problem === undefined) {
          resolve();
        } else {
          reject(new Error(reply.problem));
        }
      }
    });
  });

  return {
    ready,
    lose,
    open(body, listener) {
      lastId += 1;
      const id = lastId;
      if (lost === undefined) {
        listeners.set(id, listener);
      } else {
        listener.onLost(lost);
      }
      send(body, id);
      return {
        send: (more) => send(more, id),
        drained: () =>
          new Promise((resolve) => {
            port.once('drain', resolve);
          }),
        close: () => {
          listeners.delete(id);
        },
      };
    },
  };
}

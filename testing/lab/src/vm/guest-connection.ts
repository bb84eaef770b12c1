import type { Duplex } from 'node:stream';
import { createFrameDecoder, encodeFrame } from '../guest/frame.ts';
import type { Reply, Request } from '../guest/protocol.ts';

/** A request without its id, which the connection chooses. */
export type RequestBody = Request extends infer R
  ? R extends Request
    ? Omit<R, 'id'>
    : never
  : never;

/** Is told every reply to one request, or that none will come any more. */
export interface ReplyListener {
  onReply(reply: Reply): void;
  onLost(error: Error): void;
}

/** One request that was sent. */
export interface Exchange {
  /** Sends more about it; false when the sender should wait for `drained`. */
  send(body: RequestBody): boolean;
  drained(): Promise<void>;
  /** No reply is expected any more. */
  close(): void;
}

/** Many concurrent requests through the one port to the guest. */
export interface GuestConnection {
  /** Resolves when the guest is set up; rejects with what kept it from that. */
  readonly ready: Promise<void>;
  open(body: RequestBody, listener: ReplyListener): Exchange;
  /** Tells every listener, and everyone who opens an exchange later, that the guest is gone. */
  lose(error: Error): void;
}

/** Speaks with the service in the guest (../guest/main.ts). */
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
      lose(new Error('the guest sends what is no reply', { cause }));
      return [];
    }
  };
  const ready = new Promise<void>((resolve, reject) => {
    port.on('data', (chunk: Buffer) => {
      for (const reply of repliesIn(chunk)) {
        if (reply.type !== 'ready') {
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

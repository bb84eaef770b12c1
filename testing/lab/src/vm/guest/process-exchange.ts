import type { Reply, StartRequest } from '../../service/protocol.ts';
import type { Exchange, GuestConnection } from './guest-connection.ts';

/** The last message about a process of the guest. */
export type ProcessEnded = Extract<Reply, { readonly kind: 'ended' }>;

/** Called for each message about one process of the guest. */
export interface ProcessListener {
  onStarted?(pid: number): void;
  onOutput(stream: 'stdout' | 'stderr', data: Buffer): void;
  onEnded(end: ProcessEnded): void;
  /** The process could not be started; nothing else follows. */
  onFailed(message: string): void;
  /** The guest is gone; nothing else follows. */
  onLost(error: Error): void;
}

/** Asks the guest to start a process. The exchange closes with the process's last message. */
export function startProcess(
  connection: GuestConnection,
  request: Omit<StartRequest, 'kind' | 'id'>,
  listener: ProcessListener,
): Exchange {
  const exchange = connection.open(
    { kind: 'start', ...request },
    {
      onLost: (error) => {
        listener.onLost(error);
      },
      onReply(reply) {
        switch (reply.kind) {
          case 'started':
            listener.onStarted?.(reply.pid);
            return;
          case 'stdout':
          case 'stderr':
            listener.onOutput(reply.kind, Buffer.from(reply.data, 'base64'));
            return;
          case 'ended':
            exchange.close();
            listener.onEnded(reply);
            return;
          case 'failed':
            exchange.close();
            listener.onFailed(reply.message);
            return;
          case 'file':
          case 'ready':
            return;
        }
      },
    },
  );
  return exchange;
}

import type { ObservedRouting, RoutingOperation } from '@sallyport/dataplane';
import { applyRouting } from './apply-routing.ts';
import { observeRouting } from './observe-routing.ts';
import { openSocket } from './open-socket.ts';
import type { RoutingTarget } from './routing-from-messages.ts';

/**
 * Our part of the routing of this network namespace. Calls must not overlap: the socket has room
 * for one dump.
 */
export interface Routing {
  observe(): Promise<ObservedRouting>;
  /** Doing an operation again, or finding it done, is no error. Rejects when the kernel refuses. */
  apply(operation: RoutingOperation): Promise<void>;
  close(): void;
}

/** Opens the netlink socket; throws when the kernel gives none. */
export function openRouting(target: RoutingTarget): Routing {
  const socket = openSocket();
  // An answer that could not be delivered ends its request by the time limit: nothing else is to be
  // done about it.
  socket.socket.on('error', () => undefined);
  return {
    observe: () => observeRouting(socket, target),
    apply: (operation) => applyRouting(socket, target, operation),
    close: () => {
      socket.socket.close();
    },
  };
}

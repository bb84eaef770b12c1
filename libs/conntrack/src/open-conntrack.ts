import type { DeleteConnections, Marks } from '@sallyport/dataplane';
import { deleteConnections } from './delete-connections.ts';
import { openNetfilterSocket } from './open-netfilter-socket.ts';

/** The conntrack table of one network namespace. */
export interface Conntrack {
  /**
   * Applies one operation; doing it again is no error. Rejects with ConntrackError when the kernel
   * refuses.
   */
  apply(operation: DeleteConnections): Promise<void>;
}

/** Each operation opens a socket of its own: nothing of one that failed reaches the next. */
export function openConntrack(marks: Marks): Conntrack {
  return {
    apply: ({ connections }) => deleteConnections(openNetfilterSocket, connections, marks),
  };
}

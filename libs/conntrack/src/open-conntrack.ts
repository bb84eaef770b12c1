import type { DeleteConnections, Marks } from '@sallyport/dataplane';
import { openNetfilterSocket } from '@sallyport/nfnetlink';
import { deleteConnections } from './delete-connections.ts';

/** The conntrack table of one network namespace. */
export interface Conntrack {
  /**
   * Applies one operation; doing it again is no error. Rejects with NetlinkError when the kernel
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

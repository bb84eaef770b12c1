import type { NetfilterSocket } from '@sallyport/nfnetlink';
import { openNetfilterSocket } from '@sallyport/nfnetlink';

/** After a failure a socket is of no use: each work has one of its own. */
export async function withSocket<T>(work: (socket: NetfilterSocket) => Promise<T>): Promise<T> {
  const socket = openNetfilterSocket();
  try {
    return await work(socket);
  } finally {
    socket.close();
  }
}

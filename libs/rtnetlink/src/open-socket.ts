import type { RtNetlinkSocket } from 'netlink';
import { createRtNetlink } from 'netlink';

/**
 * Bounds every request to the kernel, in milliseconds: a lost answer must not stop the agent for
 * ever.
 */
export const NETLINK_REQUEST = { timeout: 5000 } as const;

type SocketOptions = Parameters<typeof createRtNetlink>[0];

/**
 * A routing socket of this network namespace. `ref`: it keeps the process alive, as one does that
 * only listens. The types of `netlink` 0.3.0 want buffer sizes as well; its code takes 0 for "leave
 * them as they are".
 */
export function openSocket({ ref = false }: { readonly ref?: boolean } = {}): RtNetlinkSocket {
  const options: SocketOptions = { ref, recvBufferSize: 0, sendBufferSize: 0 };
  return createRtNetlink(options);
}

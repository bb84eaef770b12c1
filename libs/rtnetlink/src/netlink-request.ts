/**
 * Bounds every request to the kernel, in milliseconds: a lost answer must not stop the agent for
 * ever.
 */
export const NETLINK_REQUEST = { timeout: 5000 } as const;

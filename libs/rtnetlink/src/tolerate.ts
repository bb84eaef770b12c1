/** `netlink` tells what the kernel answered only in the message of its error. */
const rejectedWith = (error: unknown, code: string): boolean =>
  error instanceof Error && error.message === `Request rejected: ${code}`;

/** Waits for a request that may find its work done already: the kernel then answers with one of `codes`. */
export const tolerate = async (request: Promise<unknown>, ...codes: readonly string[]): Promise<void> => {
  try {
    await request;
  } catch (error) {
    if (!codes.some((code) => rejectedWith(error, code))) throw error;
  }
};

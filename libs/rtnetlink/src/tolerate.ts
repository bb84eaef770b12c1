/**
 * Waits for a request that may find its work done already: the kernel then answers with one of
 * `codes`.
 */
export async function tolerate(
  request: Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!codes.some((code) => rejectedWith(error, code))) {
      throw error;
    }
  }
}

/** `netlink` gives the kernel's answer only in the message of its error. */
function rejectedWith(error: unknown, code: string): boolean {
  return error instanceof Error && error.message === `Request rejected: ${code}`;
}

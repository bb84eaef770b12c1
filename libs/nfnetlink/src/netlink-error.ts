import { getSystemErrorName } from 'node:util';

/** The kernel refused a request about netfilter, or did not answer it. */
export class NetlinkError extends Error {
  override readonly name = 'NetlinkError';
  readonly code = 'NETLINK_FAILED';
  /** Of the kernel, such as `EPERM`; undefined when it did not answer. */
  readonly errorName: string | undefined;

  constructor(message: string, errorName?: string, cause?: unknown) {
    super(message, { cause });
    this.errorName = errorName;
  }
}

/** @param errno the positive error number of an answer. */
export function refusal(request: string, errno: number): NetlinkError {
  const errorName = getSystemErrorName(-errno);
  const remedy =
    errorName === 'EPERM' || errorName === 'EACCES'
      ? ': give the program the capability CAP_NET_ADMIN in the user namespace of this network'
      : '';
  return new NetlinkError(`${request}: ${errorName}${remedy}`, errorName);
}

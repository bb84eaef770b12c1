import { StartError } from '@sallyport/program';

interface Reason {
  readonly exitStatus: 1 | 2;
  readonly sentence: string;
}

/**
 * The reasons why a process cannot listen (`man 2 bind`, `man 3 getaddrinfo`). With status 2 the
 * address itself is wrong.
 */
const reasons: Readonly<Record<string, Reason>> = {
  EADDRINUSE: { exitStatus: 1, sentence: 'another process uses this port' },
  EACCES: { exitStatus: 1, sentence: 'this process may not use this port' },
  EAI_AGAIN: { exitStatus: 1, sentence: 'no name server answers for this name' },
  EADDRNOTAVAIL: { exitStatus: 2, sentence: 'this machine does not have this address' },
  EAFNOSUPPORT: { exitStatus: 2, sentence: 'this machine does not have this address family' },
  EINVAL: {
    exitStatus: 2,
    sentence: 'an address such as fe80::1 needs its device, as in fe80::1%eth0',
  },
  ENOTFOUND: { exitStatus: 2, sentence: 'it is neither an address nor a known name' },
};

/**
 * The error of a program whose server cannot listen, with the option to change; undefined for any
 * other error.
 */
export function listenErrorFor(error: unknown, option: string): StartError | undefined {
  const { syscall = '', code = '', address, hostname, port } = (error ?? {}) as ListenError;
  const reason = reasons[code];
  if (!['listen', 'getaddrinfo'].includes(syscall) || reason === undefined) {
    return undefined;
  }
  const target = address ?? hostname ?? 'the address';
  // Port 0, which means any, is not in the error.
  const where = port === undefined ? target : `${target} port ${port}`;
  return new StartError(
    reason.exitStatus,
    `cannot listen on ${where}: ${reason.sentence}; set ${option}`,
    { cause: error },
  );
}

/** Node.js adds these to the error of `listen`, or of finding the address of a name. */
interface ListenError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

import { StartError } from '@sallyport/program';

/** The sentence for each reason why a process cannot listen (`man 2 bind`). */
const sentences: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process uses this port',
  EADDRNOTAVAIL: 'this machine does not have this address',
  EACCES: 'this process may not use this port',
};

/**
 * The error of a program whose server cannot listen, with the option to change; undefined for any
 * other error.
 */
export function listenErrorFor(error: unknown, option: string): StartError | undefined {
  const { syscall, code = '', address, port } = error as NodeJS.ErrnoException & ListenTarget;
  const sentence = sentences[code];
  if (syscall !== 'listen' || sentence === undefined) {
    return undefined;
  }
  // Port 0, which means any, is not in the error.
  const where = port === undefined ? String(address) : `${String(address)} port ${port}`;
  return new StartError(1, `cannot listen on ${where}: ${sentence}; set ${option}`, {
    cause: error,
  });
}

/** Node.js adds these to the error of `listen`. */
interface ListenTarget {
  readonly address?: string;
  readonly port?: number;
}

import type { RunCommand } from '@sallyport/command';
import type { ForgetConnections } from '@sallyport/dataplane';
import type { ForgottenEntries } from './choose-forgotten.ts';
import { chooseForgotten } from './choose-forgotten.ts';
import { parseConnections } from './connection.ts';

/**
 * conntrack reads its whole table for each deletion: a Node with many connections needs more than
 * the usual limit.
 */
const TIMEOUT_MS = 30_000;

/**
 * conntrack opens its standard input by name. That fails for a socket, which is what Node.js calls
 * a pipe, and `-` is /dev/stdin, which not every root file system has.
 */
const LOAD_STDIN = ['sh', '-c', 'cat | conntrack --load-file /proc/self/fd/0'];

/**
 * Deletes conntrack entries, so that the next packet of each connection is translated by the rules
 * of now. Entries that end meanwhile are no error: under `--load-file` conntrack says nothing of a
 * deletion that found none.
 */
export async function forgetConnections(
  run: RunCommand,
  forget: readonly ForgetConnections[],
): Promise<void> {
  if (forget.length === 0) {
    return;
  }
  const { stdout } = await run(['conntrack', '-L', '-f', 'ipv4', ...filterFor(forget)], {
    timeoutMs: TIMEOUT_MS,
  });
  const entries = chooseForgotten(parseConnections(stdout), forget);
  if (entries.length === 0) {
    return;
  }
  await run(LOAD_STDIN, { stdin: entries.map(lineFor).join(''), timeoutMs: TIMEOUT_MS });
}

/**
 * A filter that conntrack applies itself, so that the common case of one Pod does not print the
 * whole table.
 */
function filterFor([first, ...others]: readonly ForgetConnections[]): readonly string[] {
  if (first === undefined || others.length > 0) {
    return [];
  }
  switch (first.of) {
    case 'pod':
      return ['--orig-src', first.ip];
    case 'zone':
      return ['--orig-zone', `${first.zone}`];
  }
}

function lineFor({ source, destination, translatedSource }: ForgottenEntries): string {
  return `-D --orig-src ${source} --reply-src ${destination} --reply-dst ${translatedSource}\n`;
}

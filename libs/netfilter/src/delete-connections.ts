import type { RunCommand } from '@sallyport/command';
import type { ConnectionSelector, Marks } from '@sallyport/dataplane';
import type { ConnectionEnds } from './choose-connections.ts';
import { chooseConnections, zoneOf } from './choose-connections.ts';
import { parseConnections } from './connection.ts';

/**
 * conntrack reads its whole table for each deletion: a Node with many connections needs more than
 * the usual limit.
 */
const TIMEOUT_MS = 30_000;

/**
 * conntrack opens its standard input by name. That fails for a socket, and the pipes of Node.js are
 * sockets. `-` is /dev/stdin, which not every root file system has.
 */
const LOAD_STDIN = ['sh', '-c', 'cat | conntrack --load-file /proc/self/fd/0'];

/**
 * Deletes conntrack entries, so that the next packet of each connection is translated by the
 * present rules. Entries that end meanwhile are no error: under `--load-file` conntrack does not
 * report a deletion that found none.
 */
export async function deleteConnections(
  run: RunCommand,
  selectors: readonly ConnectionSelector[],
  marks: Marks,
): Promise<void> {
  if (selectors.length === 0) {
    return;
  }
  const list = ['conntrack', '-L', '-f', 'ipv4', ...filterFor(selectors, marks)];
  const { stdout } = await run(list, { timeoutMs: TIMEOUT_MS });
  const entries = chooseConnections(parseConnections(stdout), selectors, marks);
  if (entries.length === 0) {
    return;
  }
  await run(LOAD_STDIN, { stdin: entries.map(lineFor).join(''), timeoutMs: TIMEOUT_MS });
}

/**
 * A filter that conntrack applies itself, so that the common case of one Pod does not print the
 * whole table.
 */
function filterFor(
  [first, ...others]: readonly ConnectionSelector[],
  marks: Marks,
): readonly string[] {
  if (first === undefined || others.length > 0) {
    return [];
  }
  switch (first.kind) {
    case 'pod':
      return ['--orig-src', first.ip];
    case 'snat-id':
      return ['--orig-zone', `${zoneOf(first.snatId, marks)}`];
  }
}

function lineFor({ source, destination, translatedSource }: ConnectionEnds): string {
  return `-D --orig-src ${source} --reply-src ${destination} --reply-dst ${translatedSource}\n`;
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleProgram, workspaceRoot } from '@sallyport/kit';
import type { Guest, GuestProcess } from '../vm/guest/guest.ts';
import { deferred } from './deferred.ts';

const PROGRAM = '/opt/sallyport-lab/server.mjs';

/** A limit for hangs: Node.js starts slowly under emulation, and several may start at a time. */
const START_TIMEOUT_MS = 300_000;

/** Puts the server program into the guest. */
export async function installServer(guest: Guest): Promise<void> {
  const file = join(workspaceRoot(), 'node_modules/.cache/sallyport/lab-server.mjs');
  await bundleProgram('testing/lab/src/traffic/server-program.ts', file);
  await guest.writeFile(PROGRAM, await readFile(file));
}

/**
 * Starts the server in a namespace, on ports (`8080`) or ranges (`20000-20199`), and returns when
 * it serves all of them.
 */
export async function startServer(
  guest: Guest,
  netns: string,
  ports: readonly string[],
): Promise<GuestProcess> {
  const listening = deferred<undefined>();
  const errors: string[] = [];
  const process = await guest.spawn(['node', PROGRAM, ...ports], {
    netns,
    onLine: (line, stream) => {
      if (line === 'listening') {
        listening.resolve(undefined);
      } else if (stream === 'stderr') {
        errors.push(line);
      }
    },
  });
  const fail = (why: string) => {
    listening.reject(new Error(`the server in ${netns} ${why}\n${errors.join('\n')}`));
  };
  const timer = setTimeout(
    fail,
    START_TIMEOUT_MS,
    `does not listen after ${String(START_TIMEOUT_MS / 1000)} s`,
  );
  process.exited.then(
    (end) => {
      fail(`ended (${end.signal ?? `exit status ${String(end.exitCode)}`})`);
    },
    (error: unknown) => {
      fail(`is gone with its guest: ${String(error)}`);
    },
  );
  try {
    await listening.promise;
    return process;
  } catch (error) {
    await process.kill('SIGKILL');
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

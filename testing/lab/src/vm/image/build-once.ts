import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Longest wait for another process that builds the same folder, in seconds. */
const lockTimeoutS = 600;

/**
 * Makes `folder` once. `build` fills a temporary folder beside it, which is then renamed: `folder`
 * exists whole or not at all. Other processes that want the same folder wait meanwhile.
 */
export async function buildOnce(
  folder: string,
  build: (temporary: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) {
    return;
  }
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`);
  try {
    if (existsSync(folder)) {
      return;
    }
    const temporary = await mkdtemp(`${folder}.new-`);
    try {
      await build(temporary);
      await rename(temporary, folder);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } finally {
    release();
  }
}

/**
 * Takes a lock through flock(1). The lock ends with flock, and so with this process in any case.
 */
async function lock(path: string): Promise<() => void> {
  const holder = spawn(
    'flock',
    ['--exclusive', '--wait', String(lockTimeoutS), path, 'sh', '-c', 'echo held; cat'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const held = once(holder.stdout, 'data');
  const ended = once(holder, 'close').then(() => {
    throw new Error(
      `${path}: not released within ${lockTimeoutS} s by the process that builds the lab's root; end it`,
    );
  });
  ended.catch(() => undefined);
  await Promise.race([held, ended]);
  return () => {
    holder.stdin.end();
  };
}

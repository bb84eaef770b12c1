import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleProgram, waitFor } from '@sallyport/kit';
import { bootGuest, serviceBundle } from './boot-guest.ts';
import { cpioOf } from './image/cpio.ts';
import { sendConsoleAtExit } from './image/first-init.ts';
import { guestRoot } from './image/guest-root.ts';
import { chooseAccelerator } from './machine/accelerator.ts';
import type { StartOptions } from './start-guest.ts';
import { startGuest } from './start-guest.ts';

const QEMU_PROCESS = fileURLToPath(new URL('machine/qemu-process.ts', import.meta.url));
const minutes = 60_000;
let folder: string;
let base: StartOptions;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-lab-test-'));
  const root = await guestRoot(() => undefined);
  base = {
    root,
    accelerator: await chooseAccelerator(root),
    service: await serviceBundle(),
    shares: [],
    memoryMiB: 512,
    cpus: 2,
    bootTimeoutMs: minutes,
  };
}, 10 * minutes);

afterAll(() => rm(folder, { recursive: true }));

describe('startGuest', () => {
  // Both questions need a boot whose first init fails at once.
  let message: string;
  let failedAfterMs: number;

  beforeAll(async () => {
    const startedAt = Date.now();
    // More than the serial port takes at once: the panic must not overtake the last line.
    const verboseFailure =
      'for step in $(/bin/busybox seq 100); do echo step $step; done; echo no root; exit 1';
    message = await startGuest(await withInit(verboseFailure)).then(String, String);
    failedAfterMs = Date.now() - startedAt;
  }, 3 * minutes);

  it('says what a kernel that panics printed, without waiting for the deadline', () => {
    expect(message).toContain('ended while it booted');
    expect(message).toContain('no root');
    expect(message).toContain('Attempted to kill init');
    expect(failedAfterMs).toBeLessThan(base.bootTimeoutMs);
  });

  it(
    'kills a guest that hangs in its boot at the deadline, and shows its console',
    async () => {
      // The guest must get as far as its init before the deadline.
      const bootTimeoutMs = 3 * failedAfterMs;
      const hung = await withInit(
        'echo waiting for a disk that never comes; exec /bin/busybox sleep 3600',
      );
      await expect(startGuest({ ...hung, bootTimeoutMs })).rejects.toThrow(
        new RegExp(
          `did not answer within ${bootTimeoutMs} ms[^]*guest's console[^]*waiting for a disk that never comes`,
        ),
      );
      expect(await ownQemus()).toEqual([]);
    },
    5 * minutes,
  );

  it(
    'says what QEMU has against its arguments',
    async () => {
      const shares = [{ hostPath: '/no/such/folder', guestPath: '/repo' }];
      await expect(startGuest({ ...base, shares })).rejects.toThrow(
        /exit status 1[^]*QEMU[^]*no\/such\/folder/,
      );
    },
    3 * minutes,
  );

  it(
    'says which step of the set-up failed',
    async () => {
      // A file, not a folder: nothing can be mounted there.
      const shares = [{ hostPath: folder, guestPath: '/etc/passwd/x' }];
      await expect(startGuest({ ...base, shares })).rejects.toThrow(
        /set-up failed: .*\/etc\/passwd/,
      );
    },
    3 * minutes,
  );
});

describe('bootGuest', () => {
  it('names the package when there is no QEMU', async () => {
    const path = process.env.PATH;
    process.env.PATH = folder;
    try {
      await expect(bootGuest()).rejects.toThrow(
        'apt-get install --no-install-recommends qemu-system-x86',
      );
    } finally {
      process.env.PATH = path;
    }
  });
});

describe('when the host process goes away', () => {
  it(
    'QEMU is killed even with a process that is killed',
    async () => {
      const source = join(folder, 'starter.ts');
      const program = join(folder, 'starter.mjs');
      await writeFile(
        source,
        `import { openSync, readFileSync } from 'node:fs';
        import { startQemu } from '${QEMU_PROCESS}';
        await startQemu(['-nodefaults', '-display', 'none', '-S'], openSync('/dev/null'));
        console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'));
        setInterval(() => {}, 1000);`,
      );
      await bundleProgram(source, program);
      const starter = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        const [printed] = (await once(starter.stdout, 'data')) as [Buffer];
        const qemuPid = Number.parseInt(printed.toString(), 10);
        expect(await isGone(qemuPid)).toBe(false);
        starter.kill('SIGKILL');
        await waitFor('QEMU to end', () => isGone(qemuPid));
      } finally {
        starter.kill('SIGKILL');
      }
    },
    3 * minutes,
  );
});

/** The root with another first program. */
async function withInit(script: string): Promise<StartOptions> {
  const firstFileSystem = join(folder, 'first.cpio');
  const init = cpioOf([
    {
      kind: 'file',
      path: 'init',
      mode: 0o755,
      content: Buffer.from(`#!/bin/busybox sh\n${sendConsoleAtExit}\n${script}\n`),
    },
  ]);
  await writeFile(
    firstFileSystem,
    Buffer.concat([await readFile(base.root.firstFileSystem), init]),
  );
  return { ...base, root: { ...base.root, firstFileSystem } };
}

/** The QEMU processes that this process started. */
async function ownQemus(): Promise<readonly string[]> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  const names = await Promise.all(
    children
      .split(' ')
      .filter((pid) => pid !== '')
      .map((pid) => readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')),
  );
  return names.filter((name) => name.startsWith('qemu'));
}

/** A process that ended but was not reaped yet is gone, too. */
async function isGone(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return state.includes(') Z');
}

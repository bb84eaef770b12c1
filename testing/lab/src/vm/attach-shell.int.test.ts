import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { serviceBundle } from './boot-guest.ts';
import { attachShell } from './guest/attach-shell.ts';
import { runInGuest } from './guest/guest-command.ts';
import type { GuestConnection } from './guest/guest-connection.ts';
import { connectGuest } from './guest/guest-connection.ts';
import { guestRoot } from './image/guest-root.ts';
import { chooseAccelerator } from './machine/accelerator.ts';
import { bootFileSystem } from './machine/boot-files.ts';
import { guestArgv } from './machine/qemu-argv.ts';
import type { QemuProcess } from './machine/qemu-process.ts';
import { startQemu } from './machine/qemu-process.ts';

const minutes = 60_000;
let qemu: QemuProcess;
let connection: GuestConnection;

beforeAll(async () => {
  const root = await guestRoot(() => undefined);
  const file = await bootFileSystem(root.firstFileSystem, await serviceBundle(), []);
  const machine = {
    accelerator: await chooseAccelerator(root),
    memoryMiB: 512,
    cpus: 2,
    shares: [],
  };
  qemu = await startQemu(
    guestArgv({ ...machine, ...root, firstFileSystem: '/dev/fd/3', portFd: 4 }),
    file.fd,
  );
  file.close();
  connection = connectGuest(qemu.port);
  await connection.ready;
}, 10 * minutes);

afterAll(() => qemu.kill());

describe('attachShell', () => {
  it(
    'on a terminal gives an interactive bash of its size, which follows',
    async () => {
      const { stdin, stdout, rawModes, seen } = terminal();
      const ended = attachShell(
        connection,
        { stdin, stdout, stderr: new PassThrough() },
        { cwd: '/opt' },
      );
      stdin.write('echo $- in $PWD, $(stty size)\n');
      await seen('in /opt, 33 101');
      Object.assign(stdout, { columns: 120, rows: 40 });
      stdout.emit('resize');
      stdin.write('until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo fol""lowed\n');
      await seen('followed');
      // Ctrl-C ends the program in the shell, not the shell. The program must say itself that it
      // runs. A bash between two commands takes the signal for its own, and then waits for the next
      // command to end.
      stdin.write('sh -c "echo sta\'\'rted; exec sleep 300"\n');
      await seen('started');
      stdin.write('\u0003');
      stdin.write('exit 5\n');
      await expect(ended).resolves.toBe(5);
      expect(rawModes).toEqual([true, false]);
    },
    minutes,
  );

  it(
    'without a terminal runs the commands of its standard input and keeps the outputs apart',
    async () => {
      const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
      const ended = attachShell(connection, { stdin, stdout, stderr }, { env: { WHO: 'lab' } });
      stdin.end('echo "hello $WHO"; echo problem >&2; exit 7\n');
      await expect(ended).resolves.toBe(7);
      stdout.end();
      stderr.end();
      await expect(text(stdout)).resolves.toBe('hello lab\n');
      await expect(text(stderr)).resolves.toBe('problem\n');
    },
    minutes,
  );
});

describe('the connection', () => {
  it(
    'loses nothing when the host is slower than the output of a command',
    async () => {
      const bytes = 8_000_000;
      const running = runInGuest(connection, ['head', '-c', String(bytes), '/dev/zero'], {
        timeoutMs: minutes,
      });
      qemu.port.pause();
      await sleep(2_000);
      qemu.port.resume();
      expect((await running).stdout.length).toBe(bytes);
    },
    2 * minutes,
  );
});

/** A terminal as Node.js shows one, with someone who types and reads. */
function terminal(): {
  readonly stdin: PassThrough & { isTTY: true; setRawMode: (raw: boolean) => void };
  readonly stdout: PassThrough & { isTTY: true; columns: number; rows: number };
  readonly rawModes: boolean[];
  /** Resolves when this was printed. */
  readonly seen: (wanted: string) => Promise<void>;
} {
  const rawModes: boolean[] = [];
  const setRawMode = (raw: boolean): void => void rawModes.push(raw);
  const stdin = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode });
  const stdout = Object.assign(new PassThrough(), { isTTY: true as const, columns: 101, rows: 33 });
  const prints = new EventEmitter();
  let printed = '';
  stdout.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    prints.emit('print');
  });
  const seen = async (wanted: string): Promise<void> => {
    while (!printed.includes(wanted)) {
      await once(prints, 'print');
    }
  };
  return { stdin, stdout, rawModes, seen };
}

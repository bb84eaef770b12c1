import type { ChildProcess, ChildProcessByStdio } from 'node:child_process';
import { execFile, spawn } from 'node:child_process';
import { closeSync, readFileSync, readlinkSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { destroyWhenQuiet } from './destroy-when-quiet.ts';
import { namelessFile } from './nameless-file.ts';
import type { Reply, StartRequest, TerminalSize } from './protocol.ts';

/** Sends a reply; false when the sender should wait for `whenDrained`. */
export interface ReplySink {
  send(reply: Reply): boolean;
  whenDrained(resume: () => void): void;
}

/** Starts processes for the host, and forwards their output. */
export class ProcessTable {
  readonly #sink: ReplySink;
  readonly #baseEnv: Readonly<Record<string, string>>;
  readonly #children = new Map<number, ChildProcess>();

  /** @param baseEnv the environment every process starts with; a request adds to it. */
  constructor(sink: ReplySink, baseEnv: Readonly<Record<string, string>>) {
    this.#sink = sink;
    this.#baseEnv = baseEnv;
  }

  start(request: StartRequest): void {
    const { id } = request;
    const [file, ...args] = commandLine(request);
    const stdin =
      request.stdin === undefined ? undefined : namelessFile(Buffer.from(request.stdin, 'base64'));
    const child = spawn(file, args, {
      env: { ...this.#baseEnv, ...request.env },
      cwd: request.cwd ?? '/',
      stdio: [stdin ?? 'pipe', 'pipe', 'pipe'],
      // A process group of its own, so that a signal reaches its children as well.
      detached: true,
    }) as ChildProcessByStdio<Writable | null, Readable, Readable>;
    if (stdin !== undefined) {
      closeSync(stdin);
    }
    let timedOut = false;
    const deadline =
      request.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            signalGroup(child, 'SIGKILL');
          }, request.timeoutMs);

    child.once('error', (error) => {
      if (child.pid !== undefined) {
        return;
      }
      clearTimeout(deadline);
      this.#children.delete(id);
      this.#sink.send({ kind: 'failed', id, message: error.message });
    });
    if (child.pid === undefined) {
      return;
    }
    this.#children.set(id, child);
    this.#sink.send({ kind: 'started', id, pid: child.pid });
    // A process may end without reading its input: only its exit status says whether it failed.
    child.stdin?.on('error', () => undefined);
    this.#forward(id, 'stdout', child.stdout);
    this.#forward(id, 'stderr', child.stderr);

    child.once('exit', () => {
      clearTimeout(deadline);
      destroyWhenQuiet(child.stdout);
      destroyWhenQuiet(child.stderr);
    });
    child.once('close', (exitCode, signal) => {
      this.#children.delete(id);
      this.#sink.send({ kind: 'ended', id, exitCode, signal, timedOut });
    });
  }

  writeStdin(id: number, data: Buffer): void {
    this.#children.get(id)?.stdin?.write(data);
  }

  endStdin(id: number): void {
    this.#children.get(id)?.stdin?.end();
  }

  signal(id: number, signal: NodeJS.Signals): void {
    const child = this.#children.get(id);
    if (child !== undefined) {
      signalGroup(child, signal);
    }
  }

  /** Changes the size of the process's terminal; the kernel sends the process SIGWINCH. */
  resize(id: number, { columns, rows }: TerminalSize): void {
    const pid = this.#children.get(id)?.pid;
    if (pid === undefined) {
      return;
    }
    try {
      // The child is script(1); the terminal is the standard input of its child.
      const shell =
        readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0] ?? '';
      const terminal = readlinkSync(`/proc/${shell}/fd/0`);
      execFile(
        'stty',
        ['-F', terminal, 'cols', String(columns), 'rows', String(rows)],
        () => undefined,
      );
    } catch {
      // It has ended meanwhile.
    }
  }

  #forward(id: number, kind: 'stdout' | 'stderr', stream: Readable): void {
    stream.on('data', (chunk: Buffer) => {
      if (this.#sink.send({ kind, id, data: chunk.toString('base64') })) {
        return;
      }
      // The host is slower than this process: the pipe fills, and the process waits.
      stream.pause();
      this.#sink.whenDrained(() => stream.resume());
    });
  }
}

function commandLine({ argv, netns, terminal }: StartRequest): readonly [string, ...string[]] {
  const inNetns =
    netns === undefined ? argv : ['nsenter', `--net=/run/netns/${netns}`, '--', ...argv];
  if (terminal !== undefined) {
    const { columns, rows } = terminal;
    const command = `stty cols ${columns} rows ${rows}; exec ${inNetns.map(shellQuoted).join(' ')}`;
    return ['script', '--quiet', '--return', '--echo', 'always', '--command', command, '/dev/null'];
  }
  const [file, ...args] = inNetns;
  if (file === undefined) {
    throw new Error('argv is empty; its first element is the program to run');
  }
  return [file, ...args];
}

function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the whole group is gone.
  }
}

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { basename } from 'node:path';

/** How a command ended, and its whole output. */
export interface KubectlResult {
  /** Null when a signal ended it, such as the one at the end of its time. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  /** Written to its standard input. */
  readonly stdin?: string;
  /** Default 60 000: a limit that only a hang reaches. */
  readonly timeoutMs?: number;
}

/** A command that runs until it is ended, such as `get -w`. */
export interface Following {
  /**
   * Resolves when standard output matches; rejects, with the whole output, when the command ends
   * before.
   */
  until(pattern: RegExp): Promise<void>;
  end(): Promise<void>;
}

/** kubectl, or helm, for one API server. */
export interface Kubectl {
  /** Returns standard output. Throws {@link KubectlError} for every exit status but 0. */
  run(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Returns the result of a command that may fail. Throws only when it cannot be started. */
  try(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** Starts a command that does not end by itself. */
  follow(args: readonly string[]): Following;
}

/** kubectl failed; the message has its arguments, its exit status and its standard error. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';
  readonly stderr: string;

  constructor(command: string, { code, stderr }: KubectlResult) {
    super(`${command}: exit status ${String(code)}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/**
 * @param binary path of kubectl or helm
 * @param kubeconfig path of the kubeconfig
 */
export function createKubectl(binary: string, kubeconfig: string): Kubectl {
  const withConfig = (args: readonly string[]): readonly string[] => [
    `--kubeconfig=${kubeconfig}`,
    ...args,
  ];
  const commandLine = (args: readonly string[]): string => [basename(binary), ...args].join(' ');
  const attempt: Kubectl['try'] = (args, options = {}) =>
    runToItsEnd(binary, withConfig(args), options);
  return {
    try: attempt,
    async run(args, options) {
      const result = await attempt(args, options);
      if (result.code !== 0) {
        throw new KubectlError(commandLine(args), result);
      }
      return result.stdout;
    },
    follow: (args) => followProcess(spawn(binary, withConfig(args)), commandLine(args)),
  };
}

function runToItsEnd(
  binary: string,
  args: readonly string[],
  { stdin = '', timeoutMs = 60_000 }: KubectlOptions,
): Promise<KubectlResult> {
  const child = spawn(binary, args, { timeout: timeoutMs, killSignal: 'SIGKILL' });
  const output = collectOutput(child);
  // A kubectl that does not read its standard input closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, ...output });
    });
  });
}

/** The output so far; it grows. */
function collectOutput(child: ChildProcess): { readonly stdout: string; readonly stderr: string } {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return output;
}

function followProcess(child: ChildProcess, commandLine: string): Following {
  const output = collectOutput(child);
  child.stdin?.end();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('close', (code, signal) => {
      resolve(signal ?? `exit status ${String(code)}`);
    });
  });
  return {
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(output.stdout)) {
            resolve();
          }
        };
        child.stdout?.on('data', look);
        look();
        void ended.then((how) => {
          const problem = `${commandLine}: ended (${how}) before it printed ${String(pattern)}`;
          reject(new Error(`${problem}\n${output.stdout}\n${output.stderr}`));
        });
      }),
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

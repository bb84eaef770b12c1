import { spawn } from 'node:child_process';

/** Thrown when kubectl fails; the message has its arguments and what it wrote to stderr. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';
  /** What kubectl wrote to stderr. */
  readonly stderr: string;

  constructor(args: readonly string[], exitCode: number | null, stderr: string) {
    super(`kubectl ${args.join(' ')}: exit status ${String(exitCode)}: ${stderr.trim()}`);
    this.stderr = stderr;
  }
}

/** Default deadline of one kubectl. */
const TIMEOUT_MS = 60_000;

/** Runs kubectl on the host and returns what it wrote to stdout. Throws `KubectlError`. */
export async function runKubectl(
  binary: string,
  kubeconfig: string,
  args: readonly string[],
  options: { readonly stdin?: string; readonly timeoutMs?: number } = {},
): Promise<string> {
  const child = spawn(binary, [`--kubeconfig=${kubeconfig}`, ...args], {
    timeout: options.timeoutMs ?? TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  // A kubectl that has no use for its stdin closes it.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (exitCode !== 0) {
    throw new KubectlError(args, exitCode, output.stderr);
  }
  return output.stdout;
}

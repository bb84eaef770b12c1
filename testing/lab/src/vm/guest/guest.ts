/** Options of a command in the guest. */
export interface CommandOptions {
  /** Name of a network namespace (`ip netns add`); default: the guest's root namespace. */
  readonly netns?: string;
  readonly stdin?: string;
  /** Added to the guest's own environment (PATH, HOME, …). */
  readonly env?: Readonly<Record<string, string>>;
  /** The command's whole process group is killed after this many milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
}

/** The output of a command, decoded as UTF-8. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of a process that runs until it ends or is killed. */
export interface SpawnOptions extends Omit<CommandOptions, 'stdin' | 'timeoutMs'> {
  /** Called for each line, without its line feed. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** How a process ended: exactly one of the two is not null. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A process that runs in the guest. */
export interface GuestProcess {
  readonly pid: number;
  /** Resolves when the process has ended, after its last output; rejects if the guest is gone. */
  readonly exited: Promise<ProcessEnd>;
  /**
   * Signals the process and its group (default SIGTERM) and resolves when it has ended. SIGKILL
   * follows after five seconds. A process that has ended already is no error.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

/** Options of the shell. */
export interface ShellOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A file that bash reads instead of ~/.bashrc when the shell is interactive. */
  readonly rcFile?: string;
}

/** A running throwaway virtual machine. Any number of commands may run in it at once. */
export interface Guest {
  /**
   * Runs a command to its end. Rejects with `CommandError` (argv, exit status, stderr) on a
   * non-zero exit or a missed deadline.
   */
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandOutput>;
  /** Runs a bash script (`set -euo pipefail`) in one go; fails as `run` does. */
  script(text: string, options?: CommandOptions): Promise<CommandOutput>;
  /** Starts a long-running process. Rejects when it could not be started. */
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<GuestProcess>;
  /**
   * Writes a file, whole or not at all, and makes the folders above it. `mode` defaults to 0o644.
   */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  /** Reads a file as UTF-8, also one of /proc or /sys. */
  readFile(path: string): Promise<string>;
  /**
   * Makes a TCP port of the host's loopback reachable at an address of the guest's root namespace.
   * Every namespace that can reach the address can use it; nothing else leaves the guest. The
   * caller assigns the address.
   */
  exposeHostPort(options: {
    readonly listen: { readonly ip: string; readonly port: number };
    readonly hostPort: number;
  }): Promise<void>;
  /**
   * Connects this process's stdin, stdout and stderr to a bash in the guest until it ends, and
   * resolves with its exit status. On a terminal the shell is interactive (raw mode, window size);
   * otherwise it reads its commands from stdin.
   */
  attachShell(options?: ShellOptions): Promise<number>;
  /** The last lines of the guest's console, for error messages. */
  consoleTail(): string;
  /** Powers the guest off. Idempotent; bounded: QEMU is killed when it does not end in time. */
  close(): Promise<void>;
}

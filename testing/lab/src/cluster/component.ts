import type { Guest, GuestProcess } from '../vm/guest/guest.ts';

/** How a component of the product is started in the guest. */
export interface ComponentCommand {
  /** `controller`, `agent-n1`: names it in logs and messages. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly netns: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How many of the last lines of a component's log are kept. */
const KEPT_LINES = 5000;

/** A process of the product that can be stopped, killed and started again; its log continues. */
export class Component {
  readonly name: string;
  readonly #guest: Guest;
  readonly #command: ComponentCommand;
  readonly #lines: string[] = [];
  #process: GuestProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(guest: Guest, command: ComponentCommand) {
    this.name = command.name;
    this.#guest = guest;
    this.#command = command;
  }

  /** Whether its process runs. */
  get isRunning(): boolean {
    return this.#process !== undefined;
  }

  /** Its output, stdout and stderr together. */
  get log(): string {
    return this.#lines.join('\n');
  }

  /** Starts the process, which is not ready at once. Throws when it runs already. */
  async start(): Promise<void> {
    if (this.#process !== undefined) {
      throw new Error(`${this.name} runs already`);
    }
    const { argv, netns, env } = this.#command;
    this.#note('started by the lab');
    const process = await this.#guest.spawn(argv, {
      netns,
      env,
      onLine: (line) => {
        this.#keep(line);
      },
    });
    this.#process = process;
    this.#ended = process.exited.then(
      (end) => {
        this.#note(`ended: ${end.signal ?? `exit status ${String(end.exitCode)}`}`);
        if (this.#process === process) {
          this.#process = undefined;
        }
      },
      () => {
        this.#process = undefined;
      },
    );
  }

  /** Resolves when the last started process has ended. */
  untilEnded(): Promise<void> {
    return this.#ended;
  }

  /** Ends it as Kubernetes does (SIGTERM), and returns when it has ended. */
  async stop(): Promise<void> {
    await this.#process?.kill('SIGTERM');
    this.#process = undefined;
  }

  /** Ends it as a crash does (SIGKILL), and returns when it has ended. */
  async kill(): Promise<void> {
    await this.#process?.kill('SIGKILL');
    this.#process = undefined;
  }

  #note(what: string): void {
    this.#keep(`--- ${this.name} ${what} ---`);
  }

  #keep(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) {
      this.#lines.shift();
    }
  }
}

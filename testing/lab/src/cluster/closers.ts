/** Limit for one step of a clean-up. */
const STEP_TIMEOUT_MS = 15_000;

/** The steps of a clean-up, run in reverse order; no step can delay the others for long. */
export class Closers {
  #closing: Promise<void> | undefined;
  readonly #steps: { readonly name: string; readonly close: () => Promise<void> }[] = [];

  /** Adds a step. After the start of `close` the step runs at once, and the promise rejects. */
  async add(name: string, close: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) {
      await close();
      throw new Error(`${name} came too late: the cluster was closed meanwhile`);
    }
    this.#steps.push({ name, close });
  }

  /** Runs every step, for at most 15 s each, and then throws their errors. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const errors: unknown[] = [];
    for (const { name, close } of this.#steps.reverse()) {
      try {
        await withTimeout(close(), STEP_TIMEOUT_MS, name);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length === 1) {
      throw errors[0];
    }
    if (errors.length > 1) {
      throw new AggregateError(errors, errors.map(String).join('; '));
    }
  }
}

async function withTimeout(promise: Promise<void>, timeoutMs: number, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} did not end within ${String(timeoutMs / 1000)} s`));
    }, timeoutMs);
  });
  try {
    await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

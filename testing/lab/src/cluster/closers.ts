/** One step of a clean-up may take this long. */
const STEP_TIMEOUT_MS = 15_000;

/**
 * What has to be undone, in the reverse of the order in which it was done; no step can hold up the
 * others for long.
 */
export class Closers {
  #closing: Promise<void> | undefined;
  readonly #steps: { readonly name: string; readonly close: () => Promise<void> }[] = [];

  /**
   * Remembers what to undo. What is added after `close` was begun is undone at once, and the
   * promise rejects.
   */
  async add(name: string, close: () => Promise<void>): Promise<void> {
    if (this.#closing !== undefined) {
      await close();
      throw new Error(`${name} came too late: the cluster was closed meanwhile`);
    }
    this.#steps.push({ name, close });
  }

  /**
   * Undoes everything, each step for at most 15 s, and throws what went wrong when all is done.
   * Idempotent.
   */
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

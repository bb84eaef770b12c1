import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;

/**
 * Runs `reconcile(key)` for each marked key, and never twice at a time for one key. A key that is
 * marked during its run runs once more; one that failed runs again after half a second.
 */
export class Reconciler {
  readonly #dirty = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #reconcile: (key: string) => Promise<void>;
  readonly #onError: (key: string, error: unknown) => void;
  #isStopped = false;

  constructor(
    reconcile: (key: string) => Promise<void>,
    onError: (key: string, error: unknown) => void,
  ) {
    this.#reconcile = reconcile;
    this.#onError = onError;
  }

  /** Requests a run for the key. */
  mark(key: string): void {
    this.#dirty.add(key);
    if (this.#isStopped || this.#running.has(key)) {
      return;
    }
    this.#running.set(
      key,
      this.#run(key).finally(() => this.#running.delete(key)),
    );
  }

  /** Starts nothing more, and waits for the present runs. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running.values());
  }

  async #run(key: string): Promise<void> {
    while (!this.#isStopped && this.#dirty.delete(key)) {
      try {
        await this.#reconcile(key);
      } catch (error) {
        this.#onError(key, error);
        await sleep(RETRY_MS);
        this.#dirty.add(key);
      }
    }
  }
}

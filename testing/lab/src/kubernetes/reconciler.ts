import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MS = 500;

/**
 * Runs `reconcile(key)` for each key that is marked dirty: never twice at a time for one key, once
 * more when it was marked while it ran, and again after half a second when it failed.
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

  /** Has the key reconciled soon. */
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

  /** Starts nothing more and waits for what runs. */
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

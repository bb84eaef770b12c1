import type { BackendChoice, Netfilter, SnatBackend } from '@sallyport/netfilter';

/** A backend that may not be open yet. */
export interface LazyNetfilter extends Netfilter {
  /** The one that is open; undefined before the first pass. */
  backend(): SnatBackend | undefined;
}

/**
 * Opens the backend with the first pass: an agent without a controller changes nothing on its Node.
 * If that fails, so does the pass, and the next one tries again.
 */
export function lazyNetfilter(open: () => Promise<BackendChoice>): LazyNetfilter {
  let opening: Promise<BackendChoice> | undefined;
  let choice: BackendChoice | undefined;

  async function opened(): Promise<Netfilter> {
    opening ??= open();
    try {
      choice = await opening;
    } catch (error) {
      opening = undefined;
      throw error;
    }
    return choice.netfilter;
  }

  return {
    observe: async (options) => (await opened()).observe(options),
    apply: async (operation) => (await opened()).apply(operation),
    backend: () => choice?.backend,
  };
}

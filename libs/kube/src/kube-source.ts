import type { WatchSource } from '@sallyport/watch';
import { WatchHttpError } from '@sallyport/watch';
import type { KubeClient } from './kube-client.ts';
import { KubeApiError } from './kube-client.ts';

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly unknown[];
}

/** The page size of client-go. */
const PAGE_SIZE = '500';

/** The API server ends a watch after this time; the next one may reach another replica. */
const WATCH_SECONDS = '290';

/** All objects of a resource of the API server; `path` such as `/api/v1/pods`. */
export function kubeSource(client: KubeClient, path: string): WatchSource {
  return {
    async list(signal) {
      const items: unknown[] = [];
      let next: string | undefined;
      for (;;) {
        const query = { limit: PAGE_SIZE, ...(next !== undefined && { continue: next }) };
        const page = (await forReflector(
          client.json({ method: 'GET', path, query, signal }),
        )) as List;
        for (const item of page.items) {
          items.push(item);
        }
        next = page.metadata.continue;
        if (next === undefined || next === '') {
          return { items, resourceVersion: page.metadata.resourceVersion };
        }
      }
    },
    watch(from, signal) {
      const query = {
        watch: 'true',
        allowWatchBookmarks: 'true',
        timeoutSeconds: WATCH_SECONDS,
        ...(from !== undefined && { resourceVersion: from }),
      };
      return forReflector(client.open({ method: 'GET', path, query, signal }));
    },
  };
}

/** The reflector decides by the status code: after 410 it takes the whole state anew. */
async function forReflector<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof KubeApiError
      ? new WatchHttpError(error.status, error.message, {
          cause: error,
          retryAfterMs: error.retryAfterMs,
        })
      : error;
  }
}

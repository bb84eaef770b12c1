import type { ServerResponse } from 'node:http';
import type { Clock } from '@sallyport/reconcile';
import type { Watcher } from './store-watcher.ts';
import type { WatchEvent } from './watch-event.ts';
import { renderEvent } from './watch-event.ts';

export interface ServeWatchOptions<T> {
  /** Nothing has been written to it yet. */
  readonly response: ServerResponse;
  /**
   * Starts the watch; the argument is to be called whenever there may be something to send. Should
   * it throw, nothing has been written.
   */
  readonly open: (onReady: () => void) => Watcher<T>;
  readonly clock: Clock;
  /**
   * A bookmark after each such time without one, so that the client can tell a quiet server from a
   * dead one; absent: none.
   */
  readonly bookmarkIntervalMs?: number;
  /** A client that takes nothing for this long is disconnected, also when the watch has ended. */
  readonly stallMs: number;
  /** The watch ends after this time. */
  readonly timeoutMs?: number;
}

/**
 * Writes a watch to the response for as long as the client stays. Events are taken from the watcher
 * only while the socket has room, so a slow client costs no memory and delays nobody. Returns the
 * way to end the watch.
 */
export function serveWatch<T>(options: ServeWatchOptions<T>): () => void {
  const { response, clock, bookmarkIntervalMs, stallMs, timeoutMs } = options;
  let full = false;
  let closed = false;
  let cancelStall: (() => void) | undefined;
  let cancelBookmark: (() => void) | undefined;
  let cancelTimeout: (() => void) | undefined;
  const watcher = options.open(() => {
    send();
  });

  const write = (event: WatchEvent<T>): void => {
    full = !response.write(renderEvent(event));
    if (full) {
      disconnectLater();
    }
  };

  const disconnectLater = (): void => {
    cancelStall?.();
    cancelStall = clock.after(stallMs, () => {
      response.destroy();
    });
  };

  function send(): void {
    while (!full && !closed) {
      const event = watcher.next();
      if (event === undefined) {
        return;
      }
      write(event);
    }
  }

  const bookmarkLater = (intervalMs: number): void => {
    cancelBookmark = clock.after(intervalMs, () => {
      const bookmark = full ? undefined : watcher.bookmark();
      if (bookmark !== undefined) {
        write(bookmark);
      }
      bookmarkLater(intervalMs);
    });
  };

  const close = (): void => {
    if (closed) {
      return;
    }
    closed = true;
    cancelBookmark?.();
    cancelTimeout?.();
    watcher.close();
    response.end();
    disconnectLater();
  };

  response.on('drain', () => {
    if (closed) {
      return;
    }
    full = false;
    cancelStall?.();
    send();
  });
  // A response that is destroyed reports an error when it had something left to send; there is
  // nobody to tell.
  response.on('error', close);
  response.on('close', () => {
    close();
    cancelStall?.();
  });
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  response.flushHeaders();
  send();
  if (bookmarkIntervalMs !== undefined) {
    bookmarkLater(bookmarkIntervalMs);
  }
  if (timeoutMs !== undefined) {
    cancelTimeout = clock.after(timeoutMs, close);
  }
  return close;
}

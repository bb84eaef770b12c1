import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '@sallyport/reconcile';
import { createTimer } from '@sallyport/reconcile';
import type { Watcher } from './store-watcher.ts';
import type { WatchEvent } from './watch-event.ts';
import { renderEvent } from './watch-event.ts';

/** One client, the watch it asked for, and the limits of its connection in milliseconds. */
export interface ServeWatchOptions<T> {
  /** Nothing has been written to it yet. */
  readonly response: ServerResponse;
  /**
   * Starts the watch; the watcher calls the argument whenever there may be something to send. When
   * `open` throws, nothing has been written.
   */
  readonly open: (onReady: () => void) => Watcher<T>;
  readonly clock: Clock;
  /**
   * Interval of bookmarks, so that the client can tell a quiet server from a dead one; absent: no
   * bookmarks. One more follows the last event that there is to send: the client has all of a
   * publication then.
   */
  readonly bookmarkIntervalMs?: number;
  /**
   * A client that reads nothing for this long is disconnected, also after the end of the watch.
   */
  readonly stallMs: number;
  /** The watch ends after this time. */
  readonly timeoutMs?: number;
}

/**
 * Writes a watch to the response for as long as the client stays. Events are taken from the watcher
 * only while the socket has room, so a slow client costs no memory and delays no other client.
 * Returns a function that ends the watch.
 */
export function serveWatch<T>(options: ServeWatchOptions<T>): () => void {
  const stream = new WatchStream(options);
  stream.start();
  return () => {
    stream.close();
  };
}

/** The answer to one watch. */
class WatchStream<T> {
  readonly #options: ServeWatchOptions<T>;
  readonly #watcher: Watcher<T>;
  readonly #stall: Timer;
  readonly #bookmark: Timer;
  readonly #timeout: Timer;
  /** The socket has no room. */
  #full = false;
  /** Whether the client does not know that it has everything. */
  #owesBookmark = true;
  #closed = false;

  constructor(options: ServeWatchOptions<T>) {
    const { clock, open } = options;
    this.#options = options;
    this.#stall = createTimer(clock);
    this.#bookmark = createTimer(clock);
    this.#timeout = createTimer(clock);
    this.#watcher = open(() => {
      this.#send();
    });
  }

  start(): void {
    const { response, timeoutMs } = this.#options;
    const close = (): void => {
      this.close();
    };
    response.on('drain', () => {
      this.#drained();
    });
    // A response that is destroyed with data left to send emits an error; no client is left to
    // receive it.
    response.on('error', close);
    response.on('close', () => {
      close();
      this.#stall.cancel();
    });
    response.writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache, private',
    });
    response.flushHeaders();
    this.#send();
    this.#sendBookmarkLater();
    if (timeoutMs !== undefined) {
      this.#timeout.set(timeoutMs, close);
    }
  }

  close(): void {
    if (this.#closed) {
      return;
    }
    this.#closed = true;
    this.#bookmark.cancel();
    this.#timeout.cancel();
    this.#watcher.close();
    this.#options.response.end();
    this.#disconnectLater();
  }

  #send(): void {
    while (!this.#full && !this.#closed) {
      const event = this.#watcher.next() ?? this.#endOfBatch();
      if (event === undefined) {
        return;
      }
      this.#write(event);
    }
  }

  #endOfBatch(): WatchEvent<T> | undefined {
    const isWanted = this.#owesBookmark && this.#options.bookmarkIntervalMs !== undefined;
    return isWanted ? this.#watcher.bookmark() : undefined;
  }

  #write(event: WatchEvent<T>): void {
    this.#owesBookmark = event.type !== 'BOOKMARK';
    this.#full = !this.#options.response.write(renderEvent(event));
    if (this.#full) {
      this.#disconnectLater();
    }
  }

  #drained(): void {
    if (this.#closed) {
      return;
    }
    this.#full = false;
    this.#stall.cancel();
    this.#send();
  }

  #disconnectLater(): void {
    this.#stall.set(this.#options.stallMs, () => {
      this.#options.response.destroy();
    });
  }

  #sendBookmarkLater(): void {
    const { bookmarkIntervalMs } = this.#options;
    if (bookmarkIntervalMs === undefined) {
      return;
    }
    this.#bookmark.set(bookmarkIntervalMs, () => {
      const bookmark = this.#full ? undefined : this.#watcher.bookmark();
      if (bookmark !== undefined) {
        this.#write(bookmark);
      }
      this.#sendBookmarkLater();
    });
  }
}

import type { Readable } from 'node:stream';

/**
 * How long output may pause after a process has ended, in milliseconds: a daemon that it left
 * behind may keep its pipes open for ever.
 */
const outputGraceMs = 250;

/** Destroys the output of a process that has ended when it is quiet, unless it is paused. */
export function destroyWhenQuiet(stream: Readable): void {
  let quiet = true;
  stream.on('data', () => (quiet = false));
  const timer = setInterval(() => {
    // On a busy machine timers run before the data that waits in the pipe is read: look after that.
    setImmediate(() => {
      if (quiet && !stream.isPaused()) {
        stream.destroy();
      }
      quiet = true;
    });
  }, outputGraceMs);
  stream.once('close', () => {
    clearInterval(timer);
  });
}

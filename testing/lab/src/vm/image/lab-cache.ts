import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where the lab keeps what it built or downloaded once; it may be deleted at any time when no guest
 * runs.
 */
export function labCacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(
    base === undefined || base === '' ? join(homedir(), '.cache') : base,
    'sallyport',
    'lab',
  );
}

import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of one-time builds and downloads; it may be deleted whenever no guest runs. */
export function labCacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME;
  return join(
    base === undefined || base === '' ? join(homedir(), '.cache') : base,
    'sallyport',
    'lab',
  );
}

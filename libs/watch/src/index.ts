export {
  MemoryStore,
  type MemoryStoreOptions,
  type Unversioned,
  type WatchStart,
} from './memory-store.ts';
export type { ReflectorState } from './mirror.ts';
export { WatchProtocolError } from './parse-event.ts';
export { createReflector, type Reflector, type ReflectorOptions } from './reflector.ts';
export { serveWatch, type ServeWatchOptions } from './serve-watch.ts';
export { statusFor } from './status.ts';
export type { Watcher } from './store-watcher.ts';
export {
  type Bookmark,
  INITIAL_EVENTS_END,
  type Watchable,
  type WatchEvent,
} from './watch-event.ts';
export {
  parseWatchQuery,
  type WatchQuery,
  type WatchQueryResult,
  WatchQuerySchema,
} from './watch-query.ts';
export { watchResource, type WatchResourceOptions } from './watch-resource.ts';
export { failureFor, WatchHttpError, type WatchSource } from './watch-source.ts';

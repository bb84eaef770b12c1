export {
  MemoryStore,
  type MemoryStoreOptions,
  type Unversioned,
  type WatchStart,
} from './memory-store.ts';
export { WatchProtocolError } from './parse-event.ts';
export {
  createReflector,
  type Reflector,
  type ReflectorOptions,
  type ReflectorState,
} from './reflector.ts';
export { serveWatch, type ServeWatchOptions } from './serve-watch.ts';
export { type Status, statusFor, type StatusReason } from './status.ts';
export type { Watcher } from './store-watcher.ts';
export {
  type Bookmark,
  INITIAL_EVENTS_END,
  type Watchable,
  type WatchEvent,
} from './watch-event.ts';
export { parseWatchQuery, type WatchQuery, type WatchQueryResult } from './watch-query.ts';
export { watchResource, type WatchResourceOptions } from './watch-resource.ts';
export { failureFor, WatchHttpError, type WatchSource } from './watch-source.ts';

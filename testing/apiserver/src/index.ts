export { defaultCacheFolder, ensureKubectl } from './kubectl.ts';
export type { ApiServer } from './start-api-server.ts';
export { startApiServer } from './start-api-server.ts';

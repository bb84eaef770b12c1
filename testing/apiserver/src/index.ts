export type { KubernetesTools } from './kubectl.ts';
export { defaultCacheFolder, ensureKubectl } from './kubectl.ts';
export type { KubeconfigContent } from './setup/kubeconfig.ts';
export { renderKubeconfig, writeKubeconfig } from './setup/kubeconfig.ts';
export type { StandIn, StandInOptions } from './stand-in.ts';
export { startStandIn } from './stand-in.ts';
export type { ApiServer, ApiServerOptions } from './start-api-server.ts';
export { startApiServer } from './start-api-server.ts';

import type { KubeConfig, KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import { makeInformer } from '@kubernetes/client-node';

/** All objects of one kind, kept up to date by a watch. */
export interface Watched<T> {
  list(): readonly T[];
  get(namespace: string, name: string): T | undefined;
  stop(): Promise<void>;
}

const RECONNECT_MS = 500;

/**
 * Lists the objects of an API path and watches them. Calls `onChange` for each added, changed or
 * deleted object. Reconnects until stopped. Resolves after the first list.
 */
export async function watchObjects<T extends KubernetesObject>(
  kubeConfig: KubeConfig,
  path: string,
  list: () => Promise<KubernetesListObject<T>>,
  onChange: (object: T) => void,
): Promise<Watched<T>> {
  const informer = makeInformer(kubeConfig, path, list);
  let isStopped = false;
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, onChange);
  }
  informer.on('error', () => {
    if (isStopped) {
      return;
    }
    setTimeout(() => {
      if (!isStopped) {
        void informer.start();
      }
    }, RECONNECT_MS);
  });
  await informer.start();
  return {
    list: () => informer.list(),
    get: (namespace, name) => informer.get(name, namespace),
    stop: async () => {
      isStopped = true;
      await informer.stop();
    },
  };
}

import type { V1Pod } from '@kubernetes/client-node';
import type { PodSpec } from './pod.ts';
import { SERVER_IMAGE } from './pod-status.ts';

/** The manifest of a Pod of the lab: one container, which serves or does nothing. */
export function podManifest({
  name,
  namespace = 'default',
  node,
  labels = {},
  serves = [],
}: PodSpec): V1Pod {
  const container =
    serves.length === 0
      ? { name: 'idle', image: 'lab.sallyport.dev/idle' }
      : {
          name: 'server',
          image: SERVER_IMAGE,
          ports: serves.map((containerPort) => ({ containerPort })),
        };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...labels } },
    spec: { nodeName: node, containers: [container] },
  };
}

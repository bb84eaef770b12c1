import type { V1Pod, V1PodStatus } from '@kubernetes/client-node';

/**
 * The image of containers that run the lab's server (traffic/server-program.ts) on their
 * containerPorts. Containers with another image run nothing.
 */
export const SERVER_IMAGE = 'lab.sallyport.dev/server';

/** The ports on which a Pod's containers serve; empty when none has the server image. */
export function serverPorts(pod: V1Pod): readonly number[] {
  return (pod.spec?.containers ?? [])
    .filter(({ image }) => image === SERVER_IMAGE)
    .flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
}

/** The status that kubelet gives a Pod whose containers run. `now` is the time of their start. */
export function runningStatus(pod: V1Pod, podIP: string, hostIP: string, now: Date): V1PodStatus {
  const condition = (type: string) => ({ type, status: 'True', lastTransitionTime: now });
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    startTime: now,
    conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map(condition),
    containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = '' }) => ({
      name,
      image,
      imageID: image,
      containerID: `lab://${pod.metadata?.uid ?? ''}/${name}`,
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: now } },
    })),
  };
}

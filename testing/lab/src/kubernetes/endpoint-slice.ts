import type { V1EndpointSlice, V1Pod, V1Service, V1ServicePort } from '@kubernetes/client-node';

/**
 * The EndpointSlice of a Service with a selector, with its Pods that have an address, as
 * kube-controller-manager writes it. Undefined for a Service without a selector: others manage its
 * endpoints.
 */
export function endpointSliceFor(
  service: V1Service,
  pods: readonly V1Pod[],
): V1EndpointSlice | undefined {
  const selector = Object.entries(service.spec?.selector ?? {});
  const name = service.metadata?.name;
  const namespace = service.metadata?.namespace;
  if (selector.length === 0 || name === undefined || namespace === undefined) {
    return undefined;
  }
  const selected = pods
    .filter(
      (pod) =>
        pod.metadata?.namespace === namespace &&
        pod.status?.podIP !== undefined &&
        pod.metadata.deletionTimestamp === undefined,
    )
    .filter((pod) => selector.every(([key, value]) => pod.metadata?.labels?.[key] === value))
    .sort((left, right) => ((left.metadata?.name ?? '') < (right.metadata?.name ?? '') ? -1 : 1));
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-lab`,
      namespace,
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'lab.sallyport.dev',
      },
    },
    addressType: 'IPv4',
    endpoints: selected.map((pod) => ({
      addresses: [pod.status?.podIP ?? ''],
      conditions: { ready: isReady(pod) },
      nodeName: pod.spec?.nodeName ?? '',
      targetRef: {
        kind: 'Pod',
        namespace,
        name: pod.metadata?.name ?? '',
        uid: pod.metadata?.uid ?? '',
      },
    })),
    ports: (service.spec?.ports ?? []).flatMap((port) => {
      const target = targetPort(port, selected[0]);
      return target === undefined
        ? []
        : [{ name: port.name ?? '', port: target, protocol: port.protocol ?? 'TCP' }];
    }),
  };
}

function isReady(pod: V1Pod): boolean {
  return (
    pod.status?.conditions?.some(
      (condition) => condition.type === 'Ready' && condition.status === 'True',
    ) ?? false
  );
}

/**
 * A named target port is looked up in one Pod: the lab does not support Pods that give one name
 * different numbers.
 */
function targetPort(port: V1ServicePort, pod: V1Pod | undefined): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') {
    return target;
  }
  return pod?.spec?.containers
    .flatMap((container) => container.ports ?? [])
    .find((candidate) => candidate.name === target)?.containerPort;
}

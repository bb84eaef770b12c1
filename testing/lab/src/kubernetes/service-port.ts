import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';

/** One port of one Service with its ready endpoints, for kube-proxy's rules. */
export interface ServicePort {
  /** `namespace/name:port name`, which kube-proxy hashes into the names of its chains. */
  readonly key: string;
  readonly protocol: 'tcp' | 'udp';
  readonly clusterIP: string;
  readonly port: number;
  /** On every Node; absent for ClusterIP Services. */
  readonly nodePort?: number;
  readonly loadBalancerIPs: readonly string[];
  /** Sorted, so that the same Service always gives the same rules. */
  readonly endpoints: readonly { readonly ip: string; readonly port: number }[];
}

/**
 * The ports of all Services that have an IPv4 cluster IP, sorted by key. SCTP ports are left out.
 */
export function servicePortsFor(
  services: readonly V1Service[],
  slices: readonly V1EndpointSlice[],
): readonly ServicePort[] {
  return services
    .flatMap((service) => {
      const namespace = service.metadata?.namespace ?? '';
      const name = service.metadata?.name ?? '';
      const clusterIP = service.spec?.clusterIP ?? 'None';
      if (clusterIP === 'None' || clusterIP === '') {
        return [];
      }
      const own = slices.filter(
        (slice) =>
          slice.metadata?.namespace === namespace &&
          slice.metadata.labels?.['kubernetes.io/service-name'] === name,
      );
      return (service.spec?.ports ?? []).flatMap((port): readonly ServicePort[] => {
        const protocol = (port.protocol ?? 'TCP').toLowerCase();
        if (protocol !== 'tcp' && protocol !== 'udp') {
          return [];
        }
        return [
          {
            key: `${namespace}/${name}${port.name === undefined ? '' : `:${port.name}`}`,
            protocol,
            clusterIP,
            port: port.port,
            ...(port.nodePort === undefined || port.nodePort === 0
              ? {}
              : { nodePort: port.nodePort }),
            loadBalancerIPs: (service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) =>
              ip === undefined ? [] : [ip],
            ),
            endpoints: own.flatMap((slice) => endpointsOf(slice, port.name ?? '')).sort(byAddress),
          },
        ];
      });
    })
    .sort((left, right) => (left.key < right.key ? -1 : 1));
}

function endpointsOf(
  slice: V1EndpointSlice,
  portName: string,
): readonly { readonly ip: string; readonly port: number }[] {
  const port = slice.ports?.find((candidate) => (candidate.name ?? '') === portName)?.port;
  if (port === undefined || slice.addressType !== 'IPv4') {
    return [];
  }
  // The API defines that an absent conditions.ready means ready.
  return (slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false)
    .flatMap((endpoint) => endpoint.addresses.slice(0, 1).map((ip) => ({ ip, port })));
}

function byAddress(
  left: { ip: string; port: number },
  right: { ip: string; port: number },
): number {
  return left.ip === right.ip ? left.port - right.port : left.ip < right.ip ? -1 : 1;
}

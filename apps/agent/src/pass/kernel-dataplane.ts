import type { Conntrack } from '@sallyport/conntrack';
import type { Marks } from '@sallyport/dataplane';
import { GATEWAY_PORT, packetMask, ROUTE_TABLES } from '@sallyport/dataplane';
import type { Netfilter } from '@sallyport/netfilter';
import type { Ovs } from '@sallyport/ovs';
import type { Routing, RoutingTarget } from '@sallyport/rtnetlink';
import type { Dataplane, DataplanePart, DataplaneState } from './dataplane.ts';

/** Our part of the routing. */
export function routingTarget(marks: Marks): RoutingTarget {
  return {
    device: GATEWAY_PORT.name,
    tables: Object.values(ROUTE_TABLES),
    markMask: packetMask(marks),
  };
}

/** The adapters of one network namespace. */
export interface KernelDataplaneOptions {
  readonly ovs: Ovs;
  readonly netfilter: Netfilter;
  readonly conntrack: Conntrack;
  /** Opened for {@link routingTarget}. */
  readonly routing: Routing;
}

/** The dataplane of this network namespace in Open vSwitch, netfilter, conntrack and routing. */
export function kernelDataplane({
  ovs,
  netfilter,
  conntrack,
  routing,
}: KernelDataplaneOptions): Dataplane {
  return {
    async observe<Part extends DataplanePart>(
      parts: readonly Part[],
      ownOnly?: ReadonlySet<DataplanePart>,
    ) {
      const observers = {
        ovs: () => ovs.observe(),
        netfilter: () => netfilter.observe({ ownOnly: ownOnly?.has('netfilter') === true }),
        routing: () => routing.observe(),
      } satisfies Record<DataplanePart, () => Promise<unknown>>;
      const states = await Promise.all(
        parts.map(async (part) => [part, await observers[part]()] as const),
      );
      return Object.fromEntries(states) as Pick<DataplaneState, Part>;
    },
    async apply(operation) {
      switch (operation.op) {
        case 'delete-port':
        case 'ensure-bridge':
        case 'ovs-bundle':
          await ovs.apply(operation);
          return;
        case 'update-sets':
        case 'iptables-restore':
        case 'nft-rules':
          await netfilter.apply(operation);
          return;
        case 'delete-connections':
          await conntrack.apply(operation);
          return;
        case 'set-gateway-link':
          await ovs.apply(operation);
          await routing.apply(operation);
          return;
        case 'set-source-check':
        case 'set-neighbor':
        case 'add-rule':
        case 'delete-rule':
        case 'add-route':
        case 'delete-route':
          await routing.apply(operation);
      }
    },
  };
}

import type { RunCommand } from '@sallyport/command';
import type { DataplaneState } from '@sallyport/dataplane';
import {
  BRIDGE,
  COOKIE,
  GATEWAY_PORT,
  PODS_SET,
  ROUTE_TABLES,
  SKIP_SET,
  TUNNEL_PORT,
} from '@sallyport/dataplane';
import type { NetfilterNames } from '@sallyport/netfilter';
import { applyNetfilter, observeIpsets, observeIptables } from '@sallyport/netfilter';
import type { OvsTarget } from '@sallyport/ovs';
import { applyOvs, observeOvs } from '@sallyport/ovs';
import type { Routing, RoutingTarget } from '@sallyport/rtnetlink';
import type { Dataplane, DataplanePart } from './dataplane.ts';

const netfilterNames: NetfilterNames = {
  podSet: PODS_SET,
  skipSet: SKIP_SET,
  chainPrefix: 'SALLYPORT-',
};

const ovsTarget: OvsTarget = {
  bridge: BRIDGE,
  ports: [TUNNEL_PORT.name, GATEWAY_PORT.name],
  internalPort: GATEWAY_PORT.name,
  cookie: COOKIE,
};

/** What of the routing is ours. */
export const routingTarget: RoutingTarget = {
  device: GATEWAY_PORT.name,
  tables: Object.values(ROUTE_TABLES),
};

export interface KernelDataplaneOptions {
  readonly run: RunCommand;
  /** Opened for {@link routingTarget}. */
  readonly routing: Routing;
}

/** The dataplane in Open vSwitch, netfilter and the routing of this network namespace. */
export function kernelDataplane({ run, routing }: KernelDataplaneOptions): Dataplane {
  return {
    async observe<Part extends DataplanePart>(parts: readonly Part[]) {
      const observers = {
        ovs: () => observeOvs(run, ovsTarget),
        ipsets: () => observeIpsets(run, netfilterNames),
        iptables: () => observeIptables(run, netfilterNames),
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
          await applyOvs(run, ovsTarget, operation);
          return;
        case 'ipset-restore':
        case 'iptables-restore':
        case 'forget-connections':
          await applyNetfilter(run, netfilterNames, operation);
          return;
        case 'set-gateway-link':
          await applyOvs(run, ovsTarget, operation);
          await routing.apply(operation);
          return;
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

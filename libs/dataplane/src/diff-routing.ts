import type { Operation } from './operation.ts';
import type { PolicyRoute, PolicyRule, RoutingState } from './state.ts';

export interface RoutingDiff {
  /** The device, neighbours, routes and rules that are missing. */
  readonly add: readonly Operation[];
  /** `throw` routes of destinations that are external now. */
  readonly removeThrows: readonly Operation[];
  readonly remove: readonly Operation[];
}

export function diffRouting(actual: RoutingState, desired: RoutingState): RoutingDiff {
  const haveRoutes = new Set(actual.routes.map(routeKey));
  const wantRoutes = new Set(desired.routes.map(routeKey));
  const haveRules = new Set(actual.rules.map(ruleKey));
  const wantRules = new Set(desired.rules.map(ruleKey));
  const removedRoutes = actual.routes.filter((route) => !wantRoutes.has(routeKey(route)));
  return {
    add: [
      ...diffLink(actual, desired),
      // The throw routes come first in the desired state: what stays inside the cluster is never
      // sent into the tunnel.
      ...desired.routes
        .filter((route) => !haveRoutes.has(routeKey(route)))
        .map((route): Operation => ({ op: 'add-route', route })),
      ...desired.rules
        .filter((rule) => !haveRules.has(ruleKey(rule)))
        .map((rule): Operation => ({ op: 'add-rule', rule })),
    ],
    removeThrows: removedRoutes
      .filter(({ type }) => type === 'throw')
      .map((route) => ({ op: 'delete-route', route })),
    remove: [
      ...actual.rules
        .filter((rule) => !wantRules.has(ruleKey(rule)))
        .map((rule): Operation => ({ op: 'delete-rule', rule })),
      ...removedRoutes
        .filter(({ type }) => type !== 'throw')
        .map((route): Operation => ({ op: 'delete-route', route })),
    ],
  };
}

function routeKey(route: PolicyRoute): string {
  return `${route.table} ${route.type} ${route.destination} ${route.type === 'gateway' ? route.via : ''}`;
}

function ruleKey({ priority, mark, mask, table }: PolicyRule): string {
  return `${priority} ${mark}/${mask} ${table}`;
}

function diffLink(
  { gatewayLink: actual }: RoutingState,
  { gatewayLink: desired }: RoutingState,
): Operation[] {
  if (desired === undefined) {
    return [];
  }
  const { mtu, rpFilter, addresses } = desired;
  const isSet =
    actual?.up === true &&
    actual.mtu === mtu &&
    actual.rpFilter === rpFilter &&
    actual.addresses.join() === addresses.join();
  return [
    ...(isSet ? [] : [{ op: 'set-gateway-link', addresses, mtu, rpFilter } as const]),
    ...[...desired.neighbors]
      .filter(([ip, mac]) => actual?.neighbors.get(ip) !== mac)
      .map(([ip, mac]) => ({ op: 'set-neighbor', ip, mac }) as const),
  ];
}

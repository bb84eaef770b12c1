import { RP_FILTER_STRICT } from './constants.ts';
import type { RoutingOperation } from './operation.ts';
import type { PolicyRoute, PolicyRule, RoutingState } from './routing-state.ts';

/** Three parts, since other steps of the plan stand between them. */
export interface RoutingDiff {
  /** The missing device, neighbours, routes and rules. */
  readonly add: readonly RoutingOperation[];
  /** `throw` routes of destinations that have become external. */
  readonly removeThrows: readonly RoutingOperation[];
  readonly remove: readonly RoutingOperation[];
}

/** Compares by value. `throw` routes are added before the default route, and rules after both. */
export function diffRouting(observed: RoutingState, desired: RoutingState): RoutingDiff {
  const haveRoutes = new Set(observed.routes.map(routeKey));
  const wantRoutes = new Set(desired.routes.map(routeKey));
  const haveRules = new Set(observed.rules.map(ruleKey));
  const wantRules = new Set(desired.rules.map(ruleKey));
  const removedRoutes = observed.routes.filter((route) => !wantRoutes.has(routeKey(route)));
  return {
    add: [
      ...diffLink(observed, desired),
      // The throw routes come first in the desired state, so that no packet to an internal
      // destination is sent into the tunnel.
      ...desired.routes
        .filter((route) => !haveRoutes.has(routeKey(route)))
        .map((route): RoutingOperation => ({ op: 'add-route', route })),
      ...[...desired.sourceChecks]
        .filter(([device]) => observed.sourceChecks.get(device) === RP_FILTER_STRICT)
        .map(([device, rpFilter]) => ({ op: 'set-source-check', device, rpFilter }) as const),
      ...desired.rules
        .filter((rule) => !haveRules.has(ruleKey(rule)))
        .map((rule): RoutingOperation => ({ op: 'add-rule', rule })),
    ],
    removeThrows: removedRoutes
      .filter(({ kind }) => kind === 'throw')
      .map((route) => ({ op: 'delete-route', route })),
    remove: [
      ...observed.rules
        .filter((rule) => !wantRules.has(ruleKey(rule)))
        .map((rule): RoutingOperation => ({ op: 'delete-rule', rule })),
      ...removedRoutes
        .filter(({ kind }) => kind !== 'throw')
        .map((route): RoutingOperation => ({ op: 'delete-route', route })),
    ],
  };
}

function routeKey(route: PolicyRoute): string {
  return `${route.table} ${route.kind} ${route.destination} ${route.kind === 'gateway' ? route.via : ''}`;
}

function ruleKey({ family, priority, mark, mask, table, iif }: PolicyRule): string {
  return `${family} ${priority} ${mark}/${mask} ${table} ${iif ?? ''}`;
}

function diffLink(
  { gatewayLink: observed }: RoutingState,
  { gatewayLink: desired }: RoutingState,
): RoutingOperation[] {
  if (desired === undefined) {
    return [];
  }
  const { mtu, rpFilter, srcValidMark, takesIPv6, addresses } = desired;
  const isSet =
    observed?.up === true &&
    observed.mtu === mtu &&
    observed.rpFilter === rpFilter &&
    observed.srcValidMark === srcValidMark &&
    (observed.takesIPv6 || !takesIPv6) &&
    observed.addresses.join() === addresses.join();
  return [
    ...(isSet
      ? []
      : [{ op: 'set-gateway-link', addresses, mtu, rpFilter, srcValidMark, takesIPv6 } as const]),
    ...[...desired.neighbors]
      .filter(([ip, mac]) => observed?.neighbors.get(ip) !== mac)
      .map(([ip, mac]) => ({ op: 'set-neighbor', ip, mac }) as const),
  ];
}

import type {
  GatewayLink,
  ObservedRouting,
  PolicyRoute,
  RoutingOperation,
} from '@sallyport/dataplane';
import { GATEWAY_PORT } from '@sallyport/dataplane';
import type { Routing } from '../open-routing.ts';

export const EMPTY_ROUTING: ObservedRouting = {
  rules: [],
  routes: [],
  sourceChecks: new Map(),
  sourceRules: [],
};

/** The internal port right after Open vSwitch made it. */
export const NEW_GATEWAY_LINK: GatewayLink = {
  up: false,
  mtu: 1500,
  mac: GATEWAY_PORT.mac,
  addresses: [],
  rpFilter: 0,
  srcValidMark: 0,
  takesIPv6: false,
  neighbors: new Map(),
};

/** Routing in memory, behind the port of the real one. */
export class FakeRouting implements Routing {
  state = EMPTY_ROUTING;

  observe(): Promise<ObservedRouting> {
    return Promise.resolve(this.state);
  }

  apply(operation: RoutingOperation): Promise<void> {
    return Promise.resolve().then(() => {
      this.state = applyToRouting(this.state, operation);
    });
  }

  /** The device appears, as when Open vSwitch makes its port. */
  addGatewayLink(): void {
    this.state = { ...this.state, gatewayLink: NEW_GATEWAY_LINK };
  }

  close(): void {
    // Nothing is open.
  }
}

/** The state after one operation, which may be done again. Throws where the kernel refuses it. */
export function applyToRouting(
  state: ObservedRouting,
  operation: RoutingOperation,
): ObservedRouting {
  switch (operation.op) {
    case 'set-gateway-link': {
      const { addresses, mtu, rpFilter, srcValidMark } = operation;
      const before = linkOf(state);
      const takesIPv6 = before.takesIPv6 || operation.takesIPv6;
      const link = { ...before, up: true, addresses, mtu, rpFilter, srcValidMark, takesIPv6 };
      return { ...state, gatewayLink: link };
    }
    case 'set-source-check': {
      const sourceChecks = new Map(state.sourceChecks);
      return {
        ...state,
        sourceChecks: sourceChecks.set(operation.device, operation.rpFilter),
      };
    }
    case 'set-neighbor': {
      const link = linkOf(state);
      const neighbors = new Map(link.neighbors).set(operation.ip, operation.mac);
      return { ...state, gatewayLink: { ...link, neighbors } };
    }
    case 'add-rule':
      return { ...state, rules: [...without(state.rules, operation.rule), operation.rule] };
    case 'delete-rule':
      return { ...state, rules: without(state.rules, operation.rule) };
    case 'add-route':
      checkRoute(state, operation.route);
      return { ...state, routes: [...without(state.routes, operation.route), operation.route] };
    case 'delete-route':
      return { ...state, routes: without(state.routes, operation.route) };
  }
}

function linkOf({ gatewayLink }: ObservedRouting): GatewayLink {
  if (gatewayLink === undefined) {
    throw new Error(`network device ${GATEWAY_PORT.name} does not exist`);
  }
  return gatewayLink;
}

function without<T>(items: readonly T[], item: T): readonly T[] {
  const text = JSON.stringify(item);
  return items.filter((other) => JSON.stringify(other) !== text);
}

function checkRoute(state: ObservedRouting, route: PolicyRoute): void {
  if (route.kind === 'gateway' && !linkOf(state).up) {
    throw new Error('Request rejected: ENETDOWN');
  }
}

import { GATEWAY_PORT, PODS_SET, SKIP_SET } from '../constants.ts';
import type { ForgetConnections, IpsetChange, Operation, OvsChange } from '../operation.ts';
import type { Flow, GatewayLink, IpsetState, OvsState, RoutingState } from '../state.ts';
import type { Connection, World } from './world.ts';
import { contains } from './world.ts';

const newLink: GatewayLink = {
  up: false,
  mtu: 1500,
  mac: GATEWAY_PORT.mac,
  addresses: [],
  rpFilter: 0,
  neighbors: new Map(),
};

type RoutingOperation = Extract<
  Operation,
  { op: `${string}-route` | `${string}-rule` | `set-${string}` }
>;

/** The Node after one step. Throws where the kernel, OVS or the tools would refuse it. */
export function applyOperation(world: World, operation: Operation): World {
  const { state } = world;
  switch (operation.op) {
    case 'delete-port': {
      if (state.ovs.bridge === undefined) {
        throw new Error('there is no bridge');
      }
      const ports = state.ovs.bridge.ports.filter(({ name }) => name !== operation.name);
      return withState(world, { ovs: { ...state.ovs, bridge: { ...state.ovs.bridge, ports } } });
    }
    case 'ensure-bridge': {
      const bridge = { failMode: 'secure', ports: operation.ports };
      const gatewayLink = { ...(state.routing.gatewayLink ?? newLink), mac: GATEWAY_PORT.mac };
      return withState(world, {
        ovs: { ...state.ovs, bridge },
        routing: { ...state.routing, gatewayLink },
      });
    }
    case 'ovs-bundle':
      if (state.ovs.bridge === undefined) {
        throw new Error('there is no bridge');
      }
      return withState(world, { ovs: operation.changes.reduce(applyOvsChange, state.ovs) });
    case 'ipset-restore':
      return withState(world, { ipsets: operation.changes.reduce(applyIpsetChange, state.ipsets) });
    case 'iptables-restore': {
      const text = operation.chains.flatMap(({ rules }) => rules).join(' ');
      if (text.includes(PODS_SET) && state.ipsets.pods === undefined) {
        throw new Error(`there is no set ${PODS_SET}`);
      }
      if (text.includes(SKIP_SET) && state.ipsets.skip === undefined) {
        throw new Error(`there is no set ${SKIP_SET}`);
      }
      const jumps = operation.jumps.map((jump) => ({ ...jump, first: true }));
      return withState(world, { iptables: { chains: operation.chains, jumps } });
    }
    case 'forget-connections':
      return {
        ...world,
        connections: world.connections.filter(
          (connection) => !operation.connections.some((which) => isForgotten(connection, which)),
        ),
      };
    case 'set-gateway-link':
    case 'set-neighbor':
    case 'add-rule':
    case 'delete-rule':
    case 'add-route':
    case 'delete-route':
      return withState(world, { routing: applyRouting(state.routing, operation) });
  }
}

function withState(world: World, part: Partial<World['state']>): World {
  return {
    ...world,
    state: { ...world.state, ...part },
  };
}

function applyOvsChange(ovs: OvsState, change: OvsChange): OvsState {
  switch (change.change) {
    case 'add-flow': {
      const group = /^group:(\d+)$/.exec(change.flow.actions)?.[1];
      if (group !== undefined && !ovs.groups.some(({ id }) => id === Number(group))) {
        throw new Error(`there is no group ${group}`);
      }
      return {
        ...ovs,
        flows: [...ovs.flows.filter((flow) => !sameFlow(flow, change.flow)), change.flow],
      };
    }
    case 'delete-flow':
      return { ...ovs, flows: ovs.flows.filter((flow) => !sameFlow(flow, change.flow)) };
    case 'add-group':
      if (ovs.groups.some(({ id }) => id === change.group.id)) {
        throw new Error(`group ${change.group.id} exists`);
      }
      return { ...ovs, groups: [...ovs.groups, change.group] };
    case 'modify-group':
      if (!ovs.groups.some(({ id }) => id === change.group.id)) {
        throw new Error(`there is no group ${change.group.id}`);
      }
      return {
        ...ovs,
        groups: [...ovs.groups.filter(({ id }) => id !== change.group.id), change.group],
      };
    case 'delete-group':
      // OpenFlow deletes the flows of a group with it.
      return {
        ...ovs,
        flows: ovs.flows.filter(({ actions }) => actions !== `group:${change.group.id}`),
        groups: ovs.groups.filter(({ id }) => id !== change.group.id),
      };
  }
}

function sameFlow(a: Flow, b: Flow): boolean {
  return a.table === b.table && a.priority === b.priority && a.match === b.match;
}

function applyIpsetChange(ipsets: IpsetState, change: IpsetChange): IpsetState {
  const { pods, skip } = ipsets;
  switch (change.change) {
    case 'create-pods':
      return { ...ipsets, pods: pods ?? new Map() };
    case 'create-skip':
      return { ...ipsets, skip: skip ?? new Set() };
    case 'set-pod':
    case 'delete-pod': {
      if (pods === undefined) {
        throw new Error(`there is no set ${PODS_SET}`);
      }
      const after = new Map(pods);
      if (change.change === 'set-pod') {
        after.set(change.ip, change.mark);
      } else {
        after.delete(change.ip);
      }
      return { ...ipsets, pods: after };
    }
    case 'add-skip':
    case 'delete-skip': {
      if (skip === undefined) {
        throw new Error(`there is no set ${SKIP_SET}`);
      }
      const after = new Set(skip);
      if (change.change === 'add-skip') {
        after.add(change.cidr);
      } else {
        after.delete(change.cidr);
      }
      return { ...ipsets, skip: after };
    }
  }
}

function isForgotten(connection: Connection, which: ForgetConnections): boolean {
  const { source, destination, translatedSource, zone } = connection;
  switch (which.of) {
    case 'pod':
      return (
        source === which.ip &&
        translatedSource !== which.keep &&
        which.within?.some((cidr) => contains(cidr, destination)) !== false &&
        !which.skip.some((cidr) => contains(cidr, destination))
      );
    case 'zone':
      return zone === which.zone && translatedSource !== which.keep;
  }
}

function applyRouting(routing: RoutingState, operation: RoutingOperation): RoutingState {
  const link = routing.gatewayLink;
  switch (operation.op) {
    case 'set-gateway-link': {
      if (link === undefined) {
        throw new Error(`there is no device ${GATEWAY_PORT.name}`);
      }
      const { addresses, mtu, rpFilter } = operation;
      return { ...routing, gatewayLink: { ...link, up: true, addresses, mtu, rpFilter } };
    }
    case 'set-neighbor': {
      if (link === undefined) {
        throw new Error(`there is no device ${GATEWAY_PORT.name}`);
      }
      const neighbors = new Map(link.neighbors).set(operation.ip, operation.mac);
      return { ...routing, gatewayLink: { ...link, neighbors } };
    }
    case 'add-rule':
      return { ...routing, rules: [...routing.rules, operation.rule] };
    case 'delete-rule':
      return { ...routing, rules: without(routing.rules, operation.rule) };
    case 'add-route':
      if (operation.route.type === 'gateway' && link?.up !== true) {
        throw new Error('Network is down');
      }
      return { ...routing, routes: [...routing.routes, operation.route] };
    case 'delete-route':
      return { ...routing, routes: without(routing.routes, operation.route) };
  }
}

function without<T>(items: readonly T[], item: T): readonly T[] {
  return items.filter((other) => JSON.stringify(other) !== JSON.stringify(item));
}

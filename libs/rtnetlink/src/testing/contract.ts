import assert from 'node:assert/strict';
import type { PolicyRoute, PolicyRule, RoutingOperation } from '@sallyport/dataplane';
import { GATEWAY_PORT, VIRTUAL_NEXT_HOP, VIRTUAL_NEXT_HOP_6 } from '@sallyport/dataplane';
import type { Routing } from '../open-routing.ts';

/** Routing, and the device that Open vSwitch makes. */
export interface RoutingSubject {
  readonly routing: Routing;
  /** Makes egress-gw0, which is down at first. */
  readonly addGatewayLink: () => Promise<void>;
}

/** A case that the real adapter and its fake pass, beginning with nothing of ours. */
export interface RoutingCase {
  readonly name: string;
  readonly run: (subject: RoutingSubject) => Promise<void>;
}

const DEFAULT_ROUTE: PolicyRoute = {
  table: 7101,
  kind: 'gateway',
  destination: '0.0.0.0/0',
  via: VIRTUAL_NEXT_HOP.ip,
};
const DEFAULT_ROUTE_6: PolicyRoute = {
  table: 7101,
  kind: 'gateway',
  destination: '::/0',
  via: VIRTUAL_NEXT_HOP_6.ip,
};
const THROW_6: PolicyRoute = { table: 7101, kind: 'throw', destination: 'fd00:10:244::/56' };
const THROW: PolicyRoute = { table: 7101, kind: 'throw', destination: '10.244.0.0/16' };
const THROW_HOST: PolicyRoute = { table: 7101, kind: 'throw', destination: '192.168.77.12/32' };
const RULE: PolicyRule = {
  family: 'IPv4',
  priority: 1001,
  mark: 0x1000,
  mask: 0x1cff,
  table: 7101,
};
const RULE_6: PolicyRule = { ...RULE, family: 'IPv6' };
const CHECK_RULE: PolicyRule = {
  family: 'IPv4',
  priority: 999,
  mark: 0x800,
  mask: 0x1cff,
  table: 254,
  iif: GATEWAY_PORT.name,
};
const SET_LINK: Extract<RoutingOperation, { op: 'set-gateway-link' }> = {
  op: 'set-gateway-link',
  addresses: ['169.254.77.1/32'],
  mtu: 1450,
  rpFilter: 2,
  srcValidMark: 1,
  takesIPv6: true,
};

export const routingContract: readonly RoutingCase[] = [
  {
    name: 'has nothing of ours at first, and takes nothing that needs the device',
    run: needsDevice,
  },
  {
    name: 'takes no route into a device that is down',
    run: needsDeviceUp,
  },
  {
    name: 'sets the device up with exactly the given addresses, MTU and rp_filter, also again',
    run: setsDevice,
  },
  {
    name: 'adds and deletes rules, also when it is done already',
    run: changesRules,
  },
  {
    name: 'adds and deletes routes of both kinds, also when it is done already',
    run: changesRoutes,
  },
];

async function needsDevice({ routing }: RoutingSubject): Promise<void> {
  assert.deepEqual(await routing.observe(), {
    rules: [],
    routes: [],
    sourceChecks: new Map(),
    sourceRules: [],
  });
  await assert.rejects(routing.apply(SET_LINK), /egress-gw0 does not exist/);
  await assert.rejects(routing.apply({ op: 'set-neighbor', ...VIRTUAL_NEXT_HOP }));
  await assert.rejects(routing.apply({ op: 'add-route', route: DEFAULT_ROUTE }));
}

async function needsDeviceUp({ routing, addGatewayLink }: RoutingSubject): Promise<void> {
  await addGatewayLink();
  assert.equal((await routing.observe()).gatewayLink?.up, false);
  await assert.rejects(routing.apply({ op: 'add-route', route: DEFAULT_ROUTE }), /ENETDOWN/);
}

async function setsDevice({ routing, addGatewayLink }: RoutingSubject): Promise<void> {
  await addGatewayLink();
  await routing.apply({ ...SET_LINK, addresses: ['169.254.77.9/32'], mtu: 1400, rpFilter: 1 });
  await routing.apply(SET_LINK);
  await routing.apply(SET_LINK);
  await routing.apply({ op: 'set-neighbor', ...VIRTUAL_NEXT_HOP, mac: '0a:58:00:00:00:09' });
  await routing.apply({ op: 'set-neighbor', ...VIRTUAL_NEXT_HOP });
  await routing.apply({ op: 'set-neighbor', ...VIRTUAL_NEXT_HOP_6 });
  assert.deepEqual((await routing.observe()).gatewayLink, {
    up: true,
    mtu: 1450,
    mac: GATEWAY_PORT.mac,
    addresses: ['169.254.77.1/32'],
    rpFilter: 2,
    srcValidMark: 1,
    takesIPv6: true,
    neighbors: new Map([
      [VIRTUAL_NEXT_HOP.ip, VIRTUAL_NEXT_HOP.mac],
      [VIRTUAL_NEXT_HOP_6.ip, VIRTUAL_NEXT_HOP_6.mac],
    ]),
  });
}

async function changesRules({ routing }: RoutingSubject): Promise<void> {
  for (const rule of [CHECK_RULE, RULE, RULE_6, CHECK_RULE, RULE, RULE_6]) {
    await routing.apply({ op: 'add-rule', rule });
  }
  assert.deepEqual((await routing.observe()).rules, [CHECK_RULE, RULE, RULE_6]);
  for (const rule of [CHECK_RULE, RULE, RULE_6, CHECK_RULE, RULE, RULE_6]) {
    await routing.apply({ op: 'delete-rule', rule });
  }
  assert.deepEqual((await routing.observe()).rules, []);
}

async function changesRoutes({ routing, addGatewayLink }: RoutingSubject): Promise<void> {
  await addGatewayLink();
  await routing.apply(SET_LINK);
  const left = [THROW_HOST, { ...DEFAULT_ROUTE, table: 7102 }, { ...DEFAULT_ROUTE_6, table: 7102 }];
  const routes = [THROW, THROW_6, DEFAULT_ROUTE, DEFAULT_ROUTE_6, ...left];
  for (const route of [...routes, ...routes]) {
    await routing.apply({ op: 'add-route', route });
  }
  assert.deepEqual(sorted((await routing.observe()).routes), sorted(routes));
  for (const route of [
    THROW,
    THROW,
    DEFAULT_ROUTE,
    DEFAULT_ROUTE,
    THROW_6,
    THROW_6,
    DEFAULT_ROUTE_6,
  ]) {
    await routing.apply({ op: 'delete-route', route });
  }
  assert.deepEqual(sorted((await routing.observe()).routes), sorted(left));
}

/** The kernel lists routes in an order of its own. */
function sorted(routes: readonly PolicyRoute[]): readonly PolicyRoute[] {
  const keyOf = ({ table, destination }: PolicyRoute): string => `${table} ${destination}`;
  return routes.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

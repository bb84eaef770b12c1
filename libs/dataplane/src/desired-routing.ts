import type { IpFamily } from '@sallyport/api';
import { ipFamily } from '@sallyport/api';
import {
  GATEWAY_ADDRESS,
  GATEWAY_PORT,
  MAIN_TABLE,
  ROUTE_TABLES,
  RP_FILTER_LOOSE,
  RULE_PRIORITIES,
  SRC_VALID_MARK,
  TUNNEL_OVERHEAD,
  VIRTUAL_NEXT_HOP,
  VIRTUAL_NEXT_HOP_6,
} from './constants.ts';
import { egressRules, tablesFor } from './egress-rules.ts';
import type { Marks } from './marks.ts';
import { packetMask } from './marks.ts';
import type { NodeFacts } from './plan.ts';
import type { PolicyRoute, PolicyRule, RoutingState } from './routing-state.ts';

/**
 * @param internal the cluster-internal CIDRs. @param snatIds the egress IP of each SNAT id.
 * @param families those of the Pods; nothing is made for another one.
 */
export function desiredRouting(
  internal: ReadonlySet<string>,
  snatIds: ReadonlyMap<number, string>,
  { uplinkMtu, devices, sourceRules }: NodeFacts,
  marks: Marks,
  families: readonly IpFamily[],
): RoutingState {
  return {
    gatewayLink: {
      up: true,
      mtu: uplinkMtu - TUNNEL_OVERHEAD,
      mac: GATEWAY_PORT.mac,
      addresses: [GATEWAY_ADDRESS],
      rpFilter: RP_FILTER_LOOSE,
      srcValidMark: SRC_VALID_MARK,
      takesIPv6: families.includes('IPv6'),
      neighbors: new Map(families.map((family) => [NEXT_HOPS[family].ip, NEXT_HOPS[family].mac])),
    },
    rules: [
      ...families.flatMap((family) => rulesFor(family, marks)),
      ...egressRules(snatIds, sourceRules, marks),
    ],
    routes: families.flatMap((family) => routesFor(family, internal)),
    // Replies come in where the egress IP is. Their source, looked up without a mark, is reached by
    // the main table's device.
    sourceChecks: new Map(
      [...snatIds.values()].flatMap((ip) => {
        const device = devices.get(ip);
        return device === undefined || tablesFor(ip, sourceRules).length === 0
          ? []
          : [[device, RP_FILTER_LOOSE] as const];
      }),
    ),
  };
}

const NEXT_HOPS = { IPv4: VIRTUAL_NEXT_HOP, IPv6: VIRTUAL_NEXT_HOP_6 } as const;

const EVERYWHERE = { IPv4: '0.0.0.0/0', IPv6: '::/0' } as const;

function rulesFor(family: IpFamily, marks: Marks): readonly PolicyRule[] {
  const mask = packetMask(marks);
  const returned = { family, mark: marks.return, mask } as const;
  return [
    // On the gateway a reply has its mark before the kernel checks its source. Where that check
    // looks at the mark (src_valid_mark), it must find the uplink and not egress-gw0. For IPv6 the
    // kernel has no such check.
    ...(family === 'IPv6'
      ? []
      : [
          {
            ...returned,
            priority: RULE_PRIORITIES.sourceCheck,
            table: MAIN_TABLE,
            iif: GATEWAY_PORT.name,
          },
        ]),
    { ...returned, priority: RULE_PRIORITIES.return, table: ROUTE_TABLES.return },
    {
      family,
      mark: marks.redirect,
      mask,
      priority: RULE_PRIORITIES.redirect,
      table: ROUTE_TABLES.redirect,
    },
  ];
}

function routesFor(family: IpFamily, internal: ReadonlySet<string>): readonly PolicyRoute[] {
  return [
    ...[...internal]
      .filter((cidr) => ipFamily(cidr) === family)
      .map((destination): PolicyRoute => ({
        table: ROUTE_TABLES.redirect,
        kind: 'throw',
        destination,
      })),
    defaultRoute(ROUTE_TABLES.redirect, family),
    // Without throw routes: a reply's destination is a Pod.
    defaultRoute(ROUTE_TABLES.return, family),
  ];
}

function defaultRoute(table: number, family: IpFamily): PolicyRoute {
  return {
    table,
    kind: 'gateway',
    destination: EVERYWHERE[family],
    via: NEXT_HOPS[family].ip,
  };
}

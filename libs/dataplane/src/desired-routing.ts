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
} from './constants.ts';
import type { Marks } from './marks.ts';
import { packetMask } from './marks.ts';
import type { PolicyRoute, RoutingState } from './routing-state.ts';

/** @param internal the cluster-internal CIDRs. @param uplinkMtu in bytes. */
export function desiredRouting(
  internal: ReadonlySet<string>,
  uplinkMtu: number,
  marks: Marks,
): RoutingState {
  return {
    gatewayLink: {
      up: true,
      mtu: uplinkMtu - TUNNEL_OVERHEAD,
      mac: GATEWAY_PORT.mac,
      addresses: [GATEWAY_ADDRESS],
      rpFilter: RP_FILTER_LOOSE,
      srcValidMark: SRC_VALID_MARK,
      neighbors: new Map([[VIRTUAL_NEXT_HOP.ip, VIRTUAL_NEXT_HOP.mac]]),
    },
    rules: [
      // On the gateway a reply has its mark before the kernel checks its source. Where that check
      // looks at the mark (src_valid_mark), it must find the uplink and not egress-gw0.
      {
        priority: RULE_PRIORITIES.sourceCheck,
        mark: marks.return,
        mask: packetMask(marks),
        table: MAIN_TABLE,
        iif: GATEWAY_PORT.name,
      },
      {
        priority: RULE_PRIORITIES.return,
        mark: marks.return,
        mask: packetMask(marks),
        table: ROUTE_TABLES.return,
      },
      {
        priority: RULE_PRIORITIES.redirect,
        mark: marks.redirect,
        mask: packetMask(marks),
        table: ROUTE_TABLES.redirect,
      },
    ],
    routes: [
      ...[...internal].map((destination): PolicyRoute => ({
        table: ROUTE_TABLES.redirect,
        kind: 'throw',
        destination,
      })),
      defaultRoute(ROUTE_TABLES.redirect),
      // Without throw routes: a reply's destination is a Pod.
      defaultRoute(ROUTE_TABLES.return),
    ],
  };
}

function defaultRoute(table: number): PolicyRoute {
  return {
    table,
    kind: 'gateway',
    destination: '0.0.0.0/0',
    via: VIRTUAL_NEXT_HOP.ip,
  };
}

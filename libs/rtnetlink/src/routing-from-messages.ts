import type { GatewayLink, PolicyRoute, PolicyRule } from '@sallyport/dataplane';
import { MAIN_TABLE, RULE_PRIORITIES } from '@sallyport/dataplane';
import type { rt } from 'netlink';
import { AF_INET6, ipFromBytes, macFromBytes } from './inet.ts';

/** Our part of the Node's routing. */
export interface RoutingTarget {
  /** The internal port of the bridge that the routes lead into. */
  readonly device: string;
  /** The route tables that are ours: every rule that looks them up and every route in them. */
  readonly tables: readonly number[];
  /** Where settings are written; default /proc/sys. A container may write to another mount only. */
  readonly sysctlFolder?: string;
}

/**
 * Our policy rules: those that look up a table of ours for a mark, from and to anywhere. For the
 * check of a source they look up the main table, with a priority of ours.
 */
export function rulesFromMessages(
  messages: readonly rt.RuleMessage[],
  { device, tables }: RoutingTarget,
): readonly PolicyRule[] {
  return messages.flatMap(({ data, attrs }) => {
    const {
      table,
      priority = 0,
      fwmark = 0,
      fwmask = 0xffff_ffff,
      src,
      dst,
      iifname,
      oifname,
    } = attrs;
    const conditional = [src, dst, oifname].some((condition) => condition !== undefined);
    const isOfSourceCheck =
      priority === RULE_PRIORITIES.sourceCheck && table === MAIN_TABLE && iifname === device;
    const isOurs = table !== undefined && iifname === undefined && tables.includes(table);
    if (table === undefined || conditional || !(isOurs || isOfSourceCheck)) {
      return [];
    }
    const family = data.family === AF_INET6 ? 'IPv6' : 'IPv4';
    const rule = { family, priority, mark: fwmark, mask: fwmask, table } as const;
    return isOfSourceCheck ? { ...rule, iif: device } : rule;
  });
}

/**
 * The routes in our tables that have one of our two forms; `deviceIndex` is the one of the gateway
 * device.
 */
export function routesFromMessages(
  messages: readonly rt.RouteMessage[],
  { tables }: RoutingTarget,
  deviceIndex: number | undefined,
): readonly PolicyRoute[] {
  return messages.flatMap(({ data, attrs }): readonly PolicyRoute[] => {
    const { table, dst, gateway, oif } = attrs;
    if (table === undefined || !tables.includes(table)) {
      return [];
    }
    const everywhere = data.family === AF_INET6 ? '::/0' : '0.0.0.0/0';
    const destination = dst === undefined ? everywhere : `${ipFromBytes(dst)}/${data.dstLen ?? 0}`;
    if (data.type === 'THROW') {
      return [{ table, kind: 'throw', destination }];
    }
    const intoGateway = data.type === 'UNICAST' && gateway !== undefined && oif === deviceIndex;
    return intoGateway && destination === everywhere
      ? [{ table, kind: 'gateway', destination: everywhere, via: ipFromBytes(gateway) }]
      : [];
  });
}

/** An address of a device with its prefix length. */
export function cidrFromMessage({ data, attrs }: rt.AddressMessage): string {
  return `${ipFromBytes(attrs.local ?? attrs.address ?? Buffer.alloc(4))}/${data.prefixlen ?? 32}`;
}

/** The static neighbours of the device: IP → MAC. */
export function neighborsFromMessages(
  messages: readonly rt.NeighborMessage[],
  deviceIndex: number,
): GatewayLink['neighbors'] {
  return new Map(
    messages.flatMap(({ data, attrs }) =>
      data.ifindex === deviceIndex && data.state?.permanent === true && attrs.dst && attrs.lladdr
        ? [[ipFromBytes(attrs.dst), macFromBytes(attrs.lladdr)] as const]
        : [],
    ),
  );
}

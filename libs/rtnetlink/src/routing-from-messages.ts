import type { GatewayLink, PolicyRoute, PolicyRule, SourceRule } from '@sallyport/dataplane';
import { EGRESS_RULES, MAIN_TABLE, RULE_PRIORITIES } from '@sallyport/dataplane';
import type { rt } from 'netlink';
import { AF_INET6, ipFromBytes, macFromBytes } from './inet.ts';

/** Our part of the Node's routing. */
export interface RoutingTarget {
  /** The internal port of the bridge that the routes lead into. */
  readonly device: string;
  /** The route tables that are ours: every rule that looks them up and every route in them. */
  readonly tables: readonly number[];
  /** All our bits of the packet mark: only rules of ours look at all of them. */
  readonly markMask: number;
  /** Where settings are written; default /proc/sys. A container may write to another mount only. */
  readonly sysctlFolder?: string;
}

/**
 * Our policy rules: those that look up a table of ours for a mark, from and to anywhere. With a
 * priority of ours they look up another one, for the check of a source or for an egress IP.
 */
export function rulesFromMessages(
  messages: readonly rt.RuleMessage[],
  { device, tables, markMask }: RoutingTarget,
): readonly PolicyRule[] {
  return messages.flatMap(({ data, attrs }) => {
    const { table, priority = 0, fwmark = 0, fwmask = 0xffff_ffff, iifname } = attrs;
    const conditional = [attrs.src, attrs.dst, attrs.oifname].some((one) => one !== undefined);
    if (table === undefined || conditional) {
      return [];
    }
    const family = data.family === AF_INET6 ? 'IPv6' : 'IPv4';
    const rule = { family, priority, mark: fwmark, mask: fwmask, table } as const;
    if (iifname === undefined) {
      return tables.includes(table) || isOfEgress(rule, markMask) ? [rule] : [];
    }
    const isOfSourceCheck =
      priority === RULE_PRIORITIES.sourceCheck && table === MAIN_TABLE && iifname === device;
    return isOfSourceCheck ? [{ ...rule, iif: device }] : [];
  });
}

/** Rules that only look at the source, before the main table's. */
export function sourceRulesFromMessages(
  messages: readonly rt.RuleMessage[],
): readonly SourceRule[] {
  return messages.flatMap(({ data, attrs }) => {
    const { table, priority = 0, src, suppressPrefixlen } = attrs;
    const isPlain =
      data.action === 'toTbl' &&
      data.flags?.invert !== true &&
      (suppressPrefixlen === undefined || suppressPrefixlen.equals(NOTHING_SUPPRESSED)) &&
      Object.keys(attrs).every((name) => PLAIN_ATTRIBUTES.has(name));
    if (table === undefined || src === undefined || !isPlain || priority >= MAIN_PRIORITY) {
      return [];
    }
    const family = data.family === AF_INET6 ? 'IPv6' : 'IPv4';
    return [{ family, priority, table, from: `${ipFromBytes(src)}/${data.srcLen ?? 0}` }];
  });
}

/** Attributes of a rule that are no condition, besides its source. */
const PLAIN_ATTRIBUTES = new Set(['table', 'priority', 'src', 'protocol', 'suppressPrefixlen']);

/** -1: the kernel has it in every message. */
const NOTHING_SUPPRESSED = Buffer.alloc(4, 0xff);

/** The kernel's own rule for the main table; see ip-rule(8). */
const MAIN_PRIORITY = 32_766;

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

function isOfEgress({ priority, mask }: PolicyRule, markMask: number): boolean {
  const { egress } = RULE_PRIORITIES;
  return priority >= egress && priority < egress + EGRESS_RULES && mask === markMask;
}

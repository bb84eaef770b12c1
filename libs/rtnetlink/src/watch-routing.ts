import {
  EGRESS_RULES,
  RULE_PRIORITIES,
  VIRTUAL_NEXT_HOP,
  VIRTUAL_NEXT_HOP_6,
} from '@sallyport/dataplane';
import type { rt } from 'netlink';
import { ipFromBytes } from './inet.ts';
import { openSocket } from './open-socket.ts';
import type { RoutingTarget } from './routing-from-messages.ts';

/** Listens to the routing of one network namespace. */
export interface RoutingWatch {
  close(): void;
}

/**
 * Calls `onChange` when something of ours in the routing may have changed: devices, addresses,
 * sysctls, and our rules, routes and neighbours. Rules of other software for a source count, too. A
 * report of lost notifications (ENOBUFS) counts as a change.
 */
export function watchRouting(target: RoutingTarget, onChange: () => void): RoutingWatch {
  const socket = openSocket({ ref: true });
  socket.on('message', (messages) => {
    if (messages.some((message) => isOurs(message, target))) {
      onChange();
    }
  });
  // A message that the library cannot parse, such as one about a sysctl.
  socket.on('invalid', onChange);
  socket.socket.on('invalid', onChange);
  socket.socket.on('error', onChange);
  for (const group of GROUPS) {
    socket.addMembership(group);
  }
  return {
    close() {
      socket.socket.close();
    },
  };
}

const GROUPS = [
  'LINK',
  'NEIGH',
  ...(['IPV4_IFADDR', 'IPV4_RULE', 'IPV4_ROUTE', 'IPV4_NETCONF'] as const),
  ...(['IPV6_RULE', 'IPV6_ROUTE', 'IPV6_NETCONF'] as const),
] as const;

const NEXT_HOPS: readonly string[] = [VIRTUAL_NEXT_HOP.ip, VIRTUAL_NEXT_HOP_6.ip];

/** Routes and neighbours of other software change all the time. */
function isOurs(message: rt.Message, { device, tables }: RoutingTarget): boolean {
  if (message.kind === 'rule') {
    const { priority = 0, src, table = 0 } = message.attrs;
    const isAtOurPriority =
      priority >= RULE_PRIORITIES.sourceCheck && priority < RULE_PRIORITIES.egress + EGRESS_RULES;
    return isAtOurPriority || src !== undefined || tables.includes(table);
  }
  if (message.kind === 'route') {
    return message.attrs.table !== undefined && tables.includes(message.attrs.table);
  }
  if (message.kind === 'neighbor') {
    const { dst } = message.attrs;
    return dst !== undefined && NEXT_HOPS.includes(ipFromBytes(dst));
  }
  return message.kind !== 'link' || message.attrs.ifname === device;
}

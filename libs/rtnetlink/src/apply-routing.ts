import type { PolicyRoute, PolicyRule, RoutingOperation } from '@sallyport/dataplane';
import type { rt, RtNetlinkSocket } from 'netlink';
import { FlagsNew } from 'netlink';
import { SYSCTL_FOLDER, takeIPv6, writeSysctl } from './device-sysctl.ts';
import { AF_INET, AF_INET6, bytesFromIp, bytesFromMac, familyOf, prefixFromCidr } from './inet.ts';
import { addressesOf, findLink } from './observe-routing.ts';
import { NETLINK_REQUEST } from './open-socket.ts';
import type { RoutingTarget } from './routing-from-messages.ts';
import { cidrFromMessage } from './routing-from-messages.ts';
import { tolerate } from './tolerate.ts';

const CREATE_OR_REPLACE = {
  ...NETLINK_REQUEST,
  flags: FlagsNew.CREATE | FlagsNew.REPLACE,
} as const;
const CREATE_NEW = { ...NETLINK_REQUEST, flags: FlagsNew.CREATE | FlagsNew.EXCL } as const;

/**
 * RTNH_F_ONLINK (linux/rtnetlink.h): the next hop is on the device although no prefix of the device
 * says so.
 */
const ONLINK = 4;

/** Table numbers above 255 do not fit the header; they travel as an attribute. */
const IN_ATTRIBUTE = 0;

/** RT_SCOPE_LINK: the kernel never chooses the address as a source for other devices. */
const SCOPE_LINK = 253;

/**
 * Applies one operation; doing it again, or finding it done, is no error. Rejects when the kernel
 * refuses.
 */
export async function applyRouting(
  socket: RtNetlinkSocket,
  target: RoutingTarget,
  operation: RoutingOperation,
): Promise<void> {
  switch (operation.op) {
    case 'set-gateway-link':
      await setGatewayLink(socket, target, operation);
      return;
    case 'set-source-check': {
      const { sysctlFolder = SYSCTL_FOLDER } = target;
      await writeSysctl(sysctlFolder, operation.device, 'rp_filter', operation.rpFilter);
      return;
    }
    case 'set-neighbor':
      await socket.newNeighbor(
        {
          family: familyOf(operation.ip),
          ifindex: await indexOf(socket, target.device),
          state: { permanent: true },
        },
        { dst: bytesFromIp(operation.ip), lladdr: bytesFromMac(operation.mac) },
        CREATE_OR_REPLACE,
      );
      return;
    case 'add-rule':
      await tolerate(socket.newRule(...ruleMessage(operation.rule), CREATE_NEW), 'EEXIST');
      return;
    case 'delete-rule':
      await tolerate(socket.delRule(...ruleMessage(operation.rule), NETLINK_REQUEST), 'ENOENT');
      return;
    case 'add-route':
      await socket.newRoute(
        ...routeMessage(
          operation.route,
          operation.route.kind === 'throw' ? 0 : await indexOf(socket, target.device),
        ),
        CREATE_OR_REPLACE,
      );
      return;
    case 'delete-route':
      await deleteRoute(socket, operation.route);
  }
}

async function setGatewayLink(
  socket: RtNetlinkSocket,
  { device, sysctlFolder = SYSCTL_FOLDER }: RoutingTarget,
  operation: Extract<RoutingOperation, { op: 'set-gateway-link' }>,
): Promise<void> {
  const { addresses, mtu, rpFilter, srcValidMark, takesIPv6 } = operation;
  const index = await indexOf(socket, device);
  await writeSysctl(sysctlFolder, device, 'rp_filter', rpFilter);
  await writeSysctl(sysctlFolder, device, 'src_valid_mark', srcValidMark);
  await socket.setLink(
    { index, change: { up: true }, flags: { up: true } },
    { mtu },
    NETLINK_REQUEST,
  );
  if (takesIPv6) {
    await takeIPv6(sysctlFolder, device);
  }
  await setAddresses(socket, index, addresses);
}

async function deleteRoute(socket: RtNetlinkSocket, route: PolicyRoute): Promise<void> {
  const { address, length } = prefixFromCidr(route.destination);
  await tolerate(
    socket.delRoute(
      {
        family: familyOf(route.destination),
        dstLen: length,
        table: IN_ATTRIBUTE,
        scope: 'NOWHERE',
        type: route.kind === 'throw' ? 'THROW' : 'UNICAST',
      },
      { table: route.table, ...(length === 0 ? {} : { dst: address }) },
      NETLINK_REQUEST,
    ),
    'ESRCH',
  );
}

async function indexOf(socket: RtNetlinkSocket, device: string): Promise<number> {
  const index = (await findLink(socket, device))?.data.index;
  if (index === undefined) {
    throw new Error(
      `network device ${device} does not exist: Open vSwitch has not made the port, see ovs-vsctl show`,
    );
  }
  return index;
}

async function setAddresses(
  socket: RtNetlinkSocket,
  index: number,
  wanted: readonly string[],
): Promise<void> {
  const present = await addressesOf(socket, index);
  for (const cidr of wanted) {
    const { address: local, length: prefixlen } = prefixFromCidr(cidr);
    const data = { family: AF_INET, prefixlen, index, scope: SCOPE_LINK };
    await tolerate(socket.newAddress(data, { local, address: local }, CREATE_NEW), 'EEXIST');
  }
  for (const { data, attrs } of present.filter(
    (address) => !wanted.includes(cidrFromMessage(address)),
  )) {
    const { family = AF_INET, prefixlen = 32 } = data;
    const { local = Buffer.alloc(4) } = attrs;
    await tolerate(
      socket.delAddress({ family, prefixlen, index }, { local }, NETLINK_REQUEST),
      'EADDRNOTAVAIL',
    );
  }
}

function ruleMessage({
  family,
  priority,
  mark,
  mask,
  table,
  iif,
}: PolicyRule): readonly [rt.Rule, rt.RuleAttrs] {
  return [
    {
      family: family === 'IPv4' ? AF_INET : AF_INET6,
      table: IN_ATTRIBUTE,
      action: 'toTbl',
    },
    {
      priority,
      fwmark: mark,
      fwmask: mask,
      table,
      ...(iif === undefined ? {} : { iifname: iif }),
    },
  ];
}

function routeMessage(route: PolicyRoute, deviceIndex: number): readonly [rt.Route, rt.RouteAttrs] {
  const { address, length } = prefixFromCidr(route.destination);
  const data = {
    family: familyOf(route.destination),
    dstLen: length,
    table: IN_ATTRIBUTE,
    protocol: 'STATIC',
    scope: 'UNIVERSE',
  } as const;
  const attrs = { table: route.table, ...(length === 0 ? {} : { dst: address }) };
  return route.kind === 'throw'
    ? [{ ...data, type: 'THROW' }, attrs]
    : [
        { ...data, type: 'UNICAST', flags: { __unknown: ONLINK } },
        { ...attrs, gateway: bytesFromIp(route.via), oif: deviceIndex },
      ];
}

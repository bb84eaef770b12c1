import type { GatewayLink, ObservedRouting, SourceRule } from '@sallyport/dataplane';
import { tablesFor } from '@sallyport/dataplane';
import type { rt, RtNetlinkSocket } from 'netlink';
import { readSysctl, readTakesIPv6 } from './device-sysctl.ts';
import { AF_INET, macFromBytes } from './inet.ts';
import { interfaceAddressesFor } from './interface-address.ts';
import { ofBothFamilies } from './of-both-families.ts';
import { NETLINK_REQUEST } from './open-socket.ts';
import type { RoutingTarget } from './routing-from-messages.ts';
import {
  cidrFromMessage,
  neighborsFromMessages,
  routesFromMessages,
  rulesFromMessages,
  sourceRulesFromMessages,
} from './routing-from-messages.ts';

/**
 * Reads back our objects in the routing of this network namespace. One request at a time: a socket
 * has room for one dump.
 */
export async function observeRouting(
  socket: RtNetlinkSocket,
  target: RoutingTarget,
): Promise<ObservedRouting> {
  const link = await findLink(socket, target.device);
  const rules = await ofBothFamilies((family) => socket.getRules({ family }, {}, NETLINK_REQUEST));
  const routes = await ofBothFamilies((family) => {
    return socket.getRoutes({ family }, {}, NETLINK_REQUEST);
  });
  const sourceRules = sourceRulesFromMessages(rules);
  return {
    ...(link === undefined
      ? {}
      : { gatewayLink: await gatewayLinkFor(socket, link, target.device) }),
    rules: rulesFromMessages(rules, target),
    routes: routesFromMessages(routes, target, link?.data.index),
    sourceChecks: await sourceChecksFor(socket, sourceRules),
    sourceRules,
  };
}

/** The device by name, if it exists. */
export async function findLink(
  socket: RtNetlinkSocket,
  name: string,
): Promise<rt.LinkMessage | undefined> {
  return (await socket.getLinks({}, {}, NETLINK_REQUEST)).find(
    ({ attrs }) => attrs.ifname === name,
  );
}

/** The IPv4 addresses of a device. */
export async function addressesOf(
  socket: RtNetlinkSocket,
  deviceIndex: number,
): Promise<readonly rt.AddressMessage[]> {
  return (await socket.getAddresses({ family: AF_INET }, {}, NETLINK_REQUEST)).filter(
    ({ data }) => data.index === deviceIndex,
  );
}

/** Reads few settings: those of the devices with an address that a rule is for. */
async function sourceChecksFor(
  socket: RtNetlinkSocket,
  sourceRules: readonly SourceRule[],
): Promise<ReadonlyMap<string, number>> {
  if (sourceRules.length === 0) {
    return new Map();
  }
  const links = await socket.getLinks({}, {}, NETLINK_REQUEST);
  const addresses = await socket.getAddresses({ family: AF_INET }, {}, NETLINK_REQUEST);
  const devices = interfaceAddressesFor(links, addresses)
    .filter(({ ip }) => tablesFor(ip, sourceRules).length > 0)
    .map(({ device }) => device);
  const ofAll = await readSysctl('all', 'rp_filter');
  return new Map(
    await Promise.all(
      [...new Set(devices)].map(
        async (device) => [device, Math.max(ofAll, await readSysctl(device, 'rp_filter'))] as const,
      ),
    ),
  );
}

async function gatewayLinkFor(
  socket: RtNetlinkSocket,
  { data, attrs }: rt.LinkMessage,
  device: string,
): Promise<GatewayLink> {
  const index = data.index ?? 0;
  const addresses = await addressesOf(socket, index);
  const neighbors = await ofBothFamilies((family) => {
    return socket.getNeighbors({ family }, {}, NETLINK_REQUEST);
  });
  return {
    up: data.flags?.up === true,
    mtu: attrs.mtu ?? 0,
    mac: macFromBytes(attrs.address ?? Buffer.alloc(0)),
    addresses: addresses.map(cidrFromMessage).sort(),
    rpFilter: await readSysctl(device, 'rp_filter'),
    srcValidMark: await readSysctl(device, 'src_valid_mark'),
    takesIPv6: await readTakesIPv6(device),
    neighbors: neighborsFromMessages(neighbors, index),
  };
}

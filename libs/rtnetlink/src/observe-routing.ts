import type { GatewayLink, RoutingState } from '@sallyport/dataplane';
import type { rt, RtNetlinkSocket } from 'netlink';
import { readSysctl, readTakesIPv6 } from './device-sysctl.ts';
import { AF_INET, macFromBytes } from './inet.ts';
import { ofBothFamilies } from './of-both-families.ts';
import { NETLINK_REQUEST } from './open-socket.ts';
import type { RoutingTarget } from './routing-from-messages.ts';
import {
  cidrFromMessage,
  neighborsFromMessages,
  routesFromMessages,
  rulesFromMessages,
} from './routing-from-messages.ts';

/**
 * Reads back our objects in the routing of this network namespace. One request at a time: a socket
 * has room for one dump.
 */
export async function observeRouting(
  socket: RtNetlinkSocket,
  target: RoutingTarget,
): Promise<RoutingState> {
  const link = await findLink(socket, target.device);
  const rules = await ofBothFamilies((family) => socket.getRules({ family }, {}, NETLINK_REQUEST));
  const routes = await ofBothFamilies((family) => {
    return socket.getRoutes({ family }, {}, NETLINK_REQUEST);
  });
  return {
    ...(link === undefined
      ? {}
      : { gatewayLink: await gatewayLinkFor(socket, link, target.device) }),
    rules: rulesFromMessages(rules, target),
    routes: routesFromMessages(routes, target, link?.data.index),
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

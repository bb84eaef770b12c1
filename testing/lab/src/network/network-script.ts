import type { NodeAddresses } from './address-plan.ts';
import {
  API_SERVER,
  CONTROLLER,
  EXTERNAL_NETWORK,
  EXTERNAL_SERVER,
  LAN,
  LOAD_BALANCER_IP,
  ROUTER,
} from './address-plan.ts';

/**
 * The bash script, for the guest's root namespace, that makes both networks. It also makes the
 * namespaces of router, external server, controller and Nodes, with uplinks, addresses and default
 * routes.
 */
export function renderNetworkScript(nodes: readonly NodeAddresses[]): string {
  const hosts = [{ name: CONTROLLER.netns, ip: CONTROLLER.ip }, ...nodes];
  const lanPrefix = String(LAN.prefixLength);
  const externalPrefix = String(EXTERNAL_NETWORK.prefixLength);
  return [
    ...batch(undefined, [
      `link add ${LAN.bridge} up type bridge mcast_snooping 0`,
      `link add ${EXTERNAL_NETWORK.bridge} up type bridge mcast_snooping 0`,
      `addr add ${API_SERVER.ip}/${lanPrefix} dev ${LAN.bridge}`,
      ...[ROUTER.netns, EXTERNAL_SERVER.netns, ...hosts.map((host) => host.name)].map(
        (name) => `netns add ${name}`,
      ),
      ...cable(LAN.bridge, lanPort(ROUTER.netns), ROUTER.netns, 'lan'),
      ...cable(EXTERNAL_NETWORK.bridge, `ext-${ROUTER.netns}`, ROUTER.netns, 'ext'),
      ...cable(
        EXTERNAL_NETWORK.bridge,
        `ext-${EXTERNAL_SERVER.netns}`,
        EXTERNAL_SERVER.netns,
        'eth0',
      ),
      ...hosts.flatMap((host) => cable(LAN.bridge, lanPort(host.name), host.name, 'eth0')),
    ]),
    ...batch(ROUTER.netns, [
      'link set lo up',
      'link set lan up',
      'link set ext up',
      `addr add ${ROUTER.lanIP}/${lanPrefix} dev lan`,
      `addr add ${ROUTER.externalIP}/${externalPrefix} dev ext`,
      // The cloud's load balancer: its address is routed to a Node with kube-proxy's rules.
      `route add ${LOAD_BALANCER_IP}/32 via ${nodes[0]?.ip ?? ''}`,
    ]),
    // The router forwards packets with any source, so that a leaked Pod IP reaches the sniffer.
    `ip netns exec ${ROUTER.netns} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 ` +
      'net.ipv4.conf.lan.rp_filter=0 net.ipv4.conf.ext.rp_filter=0 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.lan.send_redirects=0',
    ...batch(EXTERNAL_SERVER.netns, [
      ...uplink(EXTERNAL_SERVER.ip, externalPrefix),
      `route add default via ${ROUTER.externalIP}`,
    ]),
    ...hosts.flatMap((host) =>
      batch(host.name, [...uplink(host.ip, lanPrefix), `route add default via ${ROUTER.lanIP}`]),
    ),
    '',
  ].join('\n');
}

/** The bridge's end of the link to a namespace on the LAN. Setting it down cuts the link. */
export function lanPort(netns: string): string {
  return `lan-${netns}`;
}

function batch(netns: string | undefined, lines: readonly string[]): readonly string[] {
  return [`ip ${netns === undefined ? '' : `-n ${netns} `}-batch - <<'BATCH'`, ...lines, 'BATCH'];
}

function cable(bridge: string, port: string, netns: string, device: string): readonly string[] {
  return [`link add ${port} up master ${bridge} type veth peer name ${device} netns ${netns}`];
}

function uplink(ip: string, prefixLength: string): readonly string[] {
  return ['link set lo up', 'link set eth0 up', `addr add ${ip}/${prefixLength} dev eth0`];
}

import { parseCidr } from '@sallyport/api';

/** One address of either family and the device that has it. */
export interface InterfaceAddress {
  readonly ip: string;
  readonly device: string;
  /**
   * Whether the device is administratively up: the kernel does not answer for the addresses of one
   * that is down.
   */
  readonly up: boolean;
  readonly loopback: boolean;
  /** In bytes. */
  readonly mtu: number;
}

/** The cluster-internal ranges, and the addresses and devices that are the Node's own. */
interface ClusterRanges {
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  /** The InternalIP of the Node, if it has an IPv4 one. */
  readonly nodeIP: string | undefined;
  /** Devices whose addresses never count, besides kube-ipvs0: our own. */
  readonly ownDevices: readonly string[];
}

/**
 * kube-proxy in IPVS mode puts every Service address on this device of every Node, LoadBalancer
 * addresses too.
 */
const KUBE_PROXY_DEVICE = 'kube-ipvs0';

const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

/**
 * The addresses that can be a static egress IP, sorted, each once. Those of `lo` count beyond
 * 127.0.0.0/8 and ::1: keepalived, kube-vip and BGP set-ups have them there.
 *
 * A Pod device is recognised by its address, and not by its kind. Each kind of device that a CNI
 * creates (veth, bridge, VXLAN, IPIP) is an uplink somewhere else. But the Node's end of it has an
 * address of the Pod range (ptp, bridge, flannel, Calico, Cilium) or a link-local one (Calico,
 * AWS). Node-local DNS has a Service address in the same way. The device with the Node's own
 * address is an uplink even if its addresses are in the Pod range. In a flat network, Pods and
 * Nodes share one.
 */
export function reportableAddresses(
  addresses: readonly InterfaceAddress[],
  { podCIDRs, serviceCIDRs, nodeIP, ownDevices }: ClusterRanges,
): readonly string[] {
  const isPod = containedIn(podCIDRs);
  const isNeverReported = containedIn([...serviceCIDRs, ...LINK_LOCAL, ...LOOPBACK]);
  const devices = new Set([...ownDevices, KUBE_PROXY_DEVICE]);
  const uplink = uplinkOf(addresses, nodeIP)?.device;
  const reportable = addresses.filter(
    ({ ip, device, up }) =>
      up && !devices.has(device) && !isNeverReported(ip) && (device === uplink || !isPod(ip)),
  );
  return [...new Set(reportable.map(({ ip }) => ip))].sort();
}

/**
 * The MTU of the device that has the Node's own address, in bytes; undefined when no device has it.
 * `lo` has it where the fabric is routed. No packet to another Node leaves there, so the smallest
 * MTU of the other devices counts then.
 */
export function uplinkMtu(
  addresses: readonly InterfaceAddress[],
  nodeIP: string,
): number | undefined {
  const uplink = uplinkOf(addresses, nodeIP);
  if (uplink?.loopback !== true) {
    return uplink?.mtu;
  }
  const isLinkLocal = containedIn(LINK_LOCAL);
  const others = addresses
    .filter(({ ip, up, loopback }) => up && !loopback && !isLinkLocal(ip))
    .map(({ mtu }) => mtu);
  return others.length === 0 ? undefined : Math.min(...others);
}

/**
 * Whether one of the CIDRs contains an address. Asks one look-up for each prefix length, so that
 * many CIDRs cost no more than one.
 */
export function containedIn(cidrs: readonly string[]): (ip: string) => boolean {
  const canonical = new Set(cidrs.map(parseCidr).filter((cidr) => cidr !== undefined));
  const lengths = [...new Set([...canonical].map((cidr) => cidr.split('/')[1]))];
  return (ip) =>
    lengths.some((length) => {
      const range = parseCidr(`${ip}/${length}`);
      return range !== undefined && canonical.has(range);
    });
}

/** The device that has the Node's own address. */
function uplinkOf(
  addresses: readonly InterfaceAddress[],
  nodeIP: string | undefined,
): InterfaceAddress | undefined {
  return addresses.find(({ ip }) => ip === nodeIP);
}

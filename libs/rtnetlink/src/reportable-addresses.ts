import { BlockList } from 'node:net';
import type { InterfaceAddress } from './interface-address.ts';

/** What is inside the cluster, as the Node knows it. */
export interface ClusterRanges {
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

const LINK_LOCAL = '169.254.0.0/16';

/**
 * The addresses that can be a static egress IP, sorted, each once.
 *
 * A Pod device is told by its address, not by its kind: every kind of device that a CNI makes
 * (veth, bridge, VXLAN, IPIP) is also used for uplinks somewhere, but what a CNI puts on the Node's
 * end is an address of the cluster's Pod range (ptp, bridge, flannel, Calico, Cilium) or a
 * link-local one (Calico, AWS). Likewise for node-local DNS, which holds a Service address. The
 * device with the Node's own address is no Pod's: in a flat network, where Pods and Nodes share one
 * range, only that tells.
 */
export function reportableAddresses(
  addresses: readonly InterfaceAddress[],
  { podCIDRs, serviceCIDRs, nodeIP, ownDevices }: ClusterRanges,
): readonly string[] {
  const pods = blockListOf(podCIDRs);
  const never = blockListOf([...serviceCIDRs, LINK_LOCAL]);
  const devices = new Set([...ownDevices, KUBE_PROXY_DEVICE]);
  const uplink = uplinkOf(addresses, nodeIP)?.device;
  const reportable = addresses.filter(
    ({ ip, device, up, loopback }) =>
      up &&
      !loopback &&
      !devices.has(device) &&
      !never.check(ip) &&
      (device === uplink || !pods.check(ip)),
  );
  return [...new Set(reportable.map(({ ip }) => ip))].sort();
}

/**
 * The MTU of the device that has the Node's own address, in bytes; undefined when no device has it.
 */
export function uplinkMtu(
  addresses: readonly InterfaceAddress[],
  nodeIP: string,
): number | undefined {
  return uplinkOf(addresses, nodeIP)?.mtu;
}

function blockListOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', length = '32'] = cidr.split('/');
    if (!network.includes(':')) {
      list.addSubnet(network, Number(length));
    }
  }
  return list;
}

/** The device that has the Node's own address. */
function uplinkOf(
  addresses: readonly InterfaceAddress[],
  nodeIP: string | undefined,
): InterfaceAddress | undefined {
  return addresses.find(({ ip }) => ip === nodeIP);
}

import { BlockList } from 'node:net';
import type { InterfaceAddress } from './interface-address.ts';

/** What is inside the cluster, as the Node knows it. */
export interface ClusterRanges {
  readonly podCIDRs: readonly string[];
  readonly serviceCIDRs: readonly string[];
  /** Devices whose addresses never count, besides kube-ipvs0: our own. */
  readonly ownDevices: readonly string[];
}

/** kube-proxy in IPVS mode puts every Service address on this device of every Node, LoadBalancer addresses too. */
const KUBE_PROXY_DEVICE = 'kube-ipvs0';

const LINK_LOCAL = '169.254.0.0/16';

const blockListOf = (cidrs: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', length = '32'] = cidr.split('/');
    if (!network.includes(':')) list.addSubnet(network, Number(length));
  }
  return list;
};

/**
 * The addresses that can be a static egress IP, sorted, each once.
 *
 * A Pod device is told by its address, not by its kind: every kind of device that a CNI makes (veth, bridge, VXLAN, IPIP) is
 * also used for uplinks somewhere, but what a CNI puts on the Node's end is an address of the cluster's Pod range (ptp, bridge,
 * flannel, Calico, Cilium) or a link-local one (Calico, AWS). Likewise for node-local DNS, which holds a Service address.
 */
export const reportableAddresses = (
  addresses: readonly InterfaceAddress[],
  { podCIDRs, serviceCIDRs, ownDevices }: ClusterRanges,
): readonly string[] => {
  const inside = blockListOf([...podCIDRs, ...serviceCIDRs, LINK_LOCAL]);
  const devices = new Set([...ownDevices, KUBE_PROXY_DEVICE]);
  const reportable = addresses.filter(
    ({ ip, device, up, loopback }) => up && !loopback && !devices.has(device) && !inside.check(ip),
  );
  return [...new Set(reportable.map(({ ip }) => ip))].sort();
};

/** The MTU of the device that has the Node's own address, in bytes; undefined when no device has it. */
export const uplinkMtu = (addresses: readonly InterfaceAddress[], nodeIP: string): number | undefined =>
  addresses.find(({ ip }) => ip === nodeIP)?.mtu;

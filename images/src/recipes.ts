/** The names of the images. */
export const imageNames = ['controller', 'agent', 'ovs'] as const;

/** The name of an image. */
export type ImageName = (typeof imageNames)[number];

/** The content of an image, without versions. */
export interface Recipe {
  readonly title: string;
  readonly description: string;
  /** Debian packages; their dependencies come with them. */
  readonly packages: readonly string[];
  /** The app whose bundle is in the image, with Node.js. */
  readonly app?: 'agent' | 'controller';
  /** Path → target of each link, relative to the root. */
  readonly links: Readonly<Record<string, string>>;
  /** Whether the folder `images/rootfs/<name>` has files of the image. */
  readonly hasOwnFiles: boolean;
  /** User and group by number; Kubernetes compares numbers when a Pod may not run as root. */
  readonly user: string;
  readonly entrypoint: readonly string[];
}

/** The numbers of the user `sallyport`. */
const UNPRIVILEGED = { uid: 65_532, gid: 65_532 } as const;

/** Libraries of Node.js, the user database, and the name of the release for scanners. */
const nodeBase = ['base-files', 'libc6', 'libstdc++6', 'libgcc-s1'];

/**
 * Each image. It has the programs that are started in it, and no others: agent and controller have
 * no shell.
 */
export const recipes: Readonly<Record<ImageName, Recipe>> = {
  controller: {
    title: 'Sallyport controller',
    description: 'Resolves the selectors of Egresses and gives each agent the view of its Node',
    packages: nodeBase,
    app: 'controller',
    links: {},
    hasOwnFiles: false,
    user: `${UNPRIVILEGED.uid}:${UNPRIVILEGED.gid}`,
    entrypoint: ['/usr/bin/node', '/opt/sallyport/main.mjs'],
  },
  agent: {
    title: 'Sallyport agent',
    description: 'Programs Open vSwitch, netfilter and routes of a Node',
    packages: [...nodeBase, 'openvswitch-switch', 'iptables', 'ipset', 'nftables', 'netbase'],
    app: 'agent',
    links: Object.fromEntries(
      ['iptables', 'ip6tables'].flatMap((name) =>
        ['', '-save', '-restore'].map((suffix) => [
          `usr/sbin/${name}${suffix}`,
          'xtables-nft-multi',
        ]),
      ),
    ),
    hasOwnFiles: false,
    user: '0:0',
    entrypoint: ['/usr/bin/node', '/opt/sallyport/main.mjs'],
  },
  ovs: {
    title: 'Open vSwitch for Sallyport',
    description: 'Database and switch of Open vSwitch, for Nodes that run none',
    packages: ['base-files', 'busybox-static', 'openvswitch-switch'],
    links: {
      ...Object.fromEntries(
        ['chmod', 'mkdir', 'sh', 'sleep'].map((name) => [`usr/bin/${name}`, 'busybox']),
      ),
      'usr/sbin/ovs-vswitchd': '../lib/openvswitch-switch/ovs-vswitchd',
    },
    hasOwnFiles: true,
    user: '0:0',
    entrypoint: ['/usr/local/bin/ovs-start'],
  },
};

/** Packages that apt treats as installed: they serve installation, Python scripts and boot. */
export const leftOut = [
  'adduser',
  // Any program of this name.
  'awk',
  'debconf',
  'init-system-helpers',
  'kmod',
  'lsb-base',
  'openssl',
  'passwd',
  'perl',
  'perl-base',
  'procps',
  'python3',
  'python3-netifaces',
  'python3-openvswitch',
  'sysvinit-utils',
  'uuid-runtime',
] as const;

/** Parts of packages that are not unpacked (patterns of tar). */
export const excluded = [
  './etc/default/*',
  './etc/init.d/*',
  './etc/logrotate.d/*',
  './etc/network/*',
  './etc/profile.d/*',
  './etc/skel/*',
  './etc/update-motd.d/*',
  './lib/systemd/*',
  './usr/bin/*-pcap',
  './usr/bin/ovs-docker',
  './usr/bin/ovs-dpctl-top',
  './usr/bin/ovs-parse-backtrace',
  './usr/bin/ovs-pki',
  './usr/bin/ovs-tcpdump',
  './usr/bin/ovs-tcpundump',
  './usr/bin/ovs-vlan-test',
  './usr/lib/*/bpf/*',
  './usr/lib/*/gconv/*',
  './usr/lib/systemd/*',
  './usr/sbin/ovs-bugtool',
  './usr/share/bash-completion/*',
  './usr/share/bug/*',
  './usr/share/info/*',
  './usr/share/lintian/*',
  './usr/share/locale/*',
  './usr/share/man/*',
  './usr/share/openvswitch/bugtool-plugins/*',
  './usr/share/openvswitch/scripts/*',
  './var/cache/*',
  './var/lib/apt/*',
] as const;

/** Links that Debian's maintainer scripts would make in every image. */
export const baseLinks: Readonly<Record<string, string>> = {
  'var/lock': '/run/lock',
  'var/run': '/run',
};

/** Files that Debian's maintainer scripts would write. */
export const files: Readonly<Record<string, string>> = {
  'etc/passwd': [
    'root:x:0:0:root:/root:/usr/sbin/nologin',
    `sallyport:x:${UNPRIVILEGED.uid}:${UNPRIVILEGED.gid}:sallyport:/nonexistent:/usr/sbin/nologin`,
    '',
  ].join('\n'),
  'etc/group': `root:x:0:\nsallyport:x:${UNPRIVILEGED.gid}:\n`,
  'etc/nsswitch.conf':
    'passwd: files\ngroup: files\nhosts: files dns\nprotocols: files\nservices: files\n',
};

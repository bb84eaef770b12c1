import { guestModules } from '../image/recipe.ts';

/** A folder of the host that the guest sees, read-only. */
export interface Share {
  /** Absolute path of an existing folder of the host. */
  readonly hostPath: string;
  /** Absolute path in the guest, made when absent. */
  readonly guestPath: string;
}

/** Name of the guest's network interface to the host; down until a host port is exposed. */
export const hostInterface = 'host0';

/** Paths of the files that the host puts into the guest for its start. */
export const startFiles = {
  firstProcess: '/run/lab/first-process',
  setUp: '/run/lab/set-up',
  service: '/run/lab/service.mjs',
} as const;

/**
 * The guest's process 1, a bash script. It runs the set-up while Node.js starts the guest's
 * service, and powers off when the service ends. As a waiting shell it also reaps orphans.
 */
export const firstProcess = `#!/bin/bash
export PATH=/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 UV_THREADPOOL_SIZE=16
cd /
mkfifo /run/lab/problem
(problem=$(bash -e ${startFiles.setUp} 2>&1) || echo "set-up failed: $problem") >/run/lab/problem &
node ${startFiles.service} 3</run/lab/problem
echo "the guest's service ended with status $?"
busybox poweroff -f
`;

/** The set-up script: file systems, kernel modules, shared folders. */
export function setUpScript(shares: readonly Share[]): string {
  return `mkdir -p /dev/pts /dev/shm /run/lock /run/netns /run/openvswitch
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs shm /dev/shm
ln -sfn /proc/self/fd /dev/fd
echo lab >/proc/sys/kernel/hostname
ip link set lo up
modprobe --all ${guestModules.join(' ')}
for device in /sys/class/net/*/device; do
  name=\${device%/device}
  ip link set "\${name##*/}" name ${hostInterface}
  echo 1 >/proc/sys/net/ipv6/conf/${hostInterface}/disable_ipv6
done
${shares.map(mountCommand).join('\n')}
`;
}

/** The 9p tag of the n-th shared folder. */
export function shareTag(index: number): string {
  return `share${index}`;
}

function mountCommand(share: Share, index: number): string {
  const folder = quoted(share.guestPath);
  // cache=mmap: programs can be mapped, and the guest sees files that the host rebuilds.
  const options = 'ro,trans=virtio,version=9p2000.L,msize=512000,cache=mmap';
  return `mkdir -p ${folder}\nmount -t 9p -o ${options} ${shareTag(index)} ${folder}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import type { Share } from './guest.ts';
import { guestModules } from './recipe.ts';

/** Name of the guest's network interface to the host; down until a host port is exposed. */
export const hostInterface = 'host0';

/** Paths in the guest of what the host puts there for the start. */
export const startFiles = {
  firstProcess: '/run/lab/first-process',
  setUp: '/run/lab/set-up',
  service: '/run/lab/service.mjs',
} as const;

/**
 * The guest's process 1, a bash script: runs the set-up while Node.js starts, then the guest's
 * service, and powers off when that ends. Being a shell that waits, it also reaps what other
 * processes leave behind.
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

/** The script that makes the guest whole: file systems, kernel modules, shared folders. */
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
  // cache=mmap: programs can be mapped, and a file that is rebuilt on the host is seen.
  const options = 'ro,trans=virtio,version=9p2000.L,msize=512000,cache=mmap';
  return `mkdir -p ${folder}\nmount -t 9p -o ${options} ${shareTag(index)} ${folder}`;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** The first init's answer to a probe: does the machine boot at all (machine/accelerator.ts)? */
export const probeAnswer = 'sallyport: it boots';

/**
 * A line for the top of an init. An init that ends makes the kernel panic, and QEMU with it, which
 * loses console output that has not been sent. Closing the console waits until it has.
 */
export const sendConsoleAtExit = `trap 'exec 0<&- 1>&- 2>&-' EXIT`;

/**
 * The program that the kernel starts, in busybox's shell. It loads the modules, mounts the root's
 * image under a writable layer in memory, and starts the lab's first process.
 */
export const firstInit = `#!/bin/busybox sh
${sendConsoleAtExit}
set -e
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
if $b grep -q sallyport.probe /proc/cmdline; then
  echo '${probeAnswer}'
  $b poweroff -f
fi
while read -r module; do $b insmod "$module"; done </modules/order
$b mount -t ext4 -o ro,noatime /dev/vda /lower
$b mount -t tmpfs -o mode=755,size=75% rw /rw
$b mkdir /rw/upper /rw/work
$b mount -t overlay -o lowerdir=/lower,upperdir=/rw/upper,workdir=/rw/work root /newroot
$b mount -t tmpfs -o mode=755 run /newroot/run
$b cp -r /lab /newroot/run/lab
for d in proc sys dev; do $b mount --move /$d /newroot/$d; done
exec $b switch_root /newroot /bin/bash /run/lab/first-process
`;

/**
 * Shell code that has to stand before a start of ovs-vswitchd in the guest. Open vSwitch before 3.2
 * counts the CPUs ten seconds after it last did, and takes the boot for the first time: on a
 * machine that booted less than ten seconds ago it finds none, starts no handler thread, and loses
 * every packet that no flow knows until something wakes it later (openvswitch/ovs b354cee2e,
 * "ovs-thread: Fix cpus not read for the first 10s").
 */
export const UNTIL_OVS_WORKS = 'until [ "$(cut -d. -f1 /proc/uptime)" -ge 10 ]; do sleep 0.1; done';

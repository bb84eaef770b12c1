/**
 * Shell code that has to stand before a start of ovs-vswitchd in the guest. Open vSwitch 3.1 counts the CPUs (`count_cpu_cores` of lib/ovs-thread.c) when
 * ten seconds have passed since it last did, at the time 0 of CLOCK_MONOTONIC to begin with: on a machine that booted less than ten
 * seconds ago it finds none, starts no handler thread, and loses every packet that no flow knows until something wakes it later.
 */
export const UNTIL_OVS_WORKS = 'until [ "$(cut -d. -f1 /proc/uptime)" -ge 10 ]; do sleep 0.1; done';

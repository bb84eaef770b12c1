/**
 * The tools of Open vSwitch. They find the switch themselves: the one of the folder in the
 * environment variable OVS_RUNDIR, else of the folder they were built for.
 */

/**
 * The limit of one call, in seconds: ovs-vsctl waits until ovs-vswitchd is done, which takes long
 * on a starved Node.
 */
const TIMEOUT_S = 15;

/** The tools' own limit: their message names the thing they waited for; a killed tool has none. */
const TIMEOUT = `--timeout=${TIMEOUT_S}`;

/** The caller's limit in milliseconds: only a tool that outlives its own limit is killed. */
export const KILL_AFTER = { timeoutMs: (TIMEOUT_S + 5) * 1000 } as const;

/** The beginning of every `ovs-vsctl` command. */
export const vsctl: readonly string[] = ['ovs-vsctl', TIMEOUT];

/** OpenFlow 1.5: groups, bundles and `set_field` in the form of the flows here. */
export const ofctl: readonly string[] = ['ovs-ofctl', '-O', 'OpenFlow15', TIMEOUT];

import { hex } from '@sallyport/dataplane';

/**
 * What is ours in Open vSwitch. Which Open vSwitch that is, its tools find out themselves: the one
 * of the folder in the environment variable OVS_RUNDIR, else of the folder they were built for.
 */
export interface OvsTarget {
  readonly bridge: string;
  /** The ports of the bridge that are ours; others are neither reported nor touched. */
  readonly ports: readonly string[];
  /** The one of them that is a device of the Node. */
  readonly internalPort: string;
  /** Marks the flows that are ours; others are neither reported nor touched. */
  readonly cookie: number;
}

/**
 * Of one call, in seconds: ovs-vsctl waits until ovs-vswitchd has done what it is told, which takes
 * long on a starved Node.
 */
const TIMEOUT_S = 15;

/** The tools' own limit: they say what they waited for, which killing them does not. */
const TIMEOUT = `--timeout=${TIMEOUT_S}`;
/** For who runs the tools, in milliseconds: only a tool that outlives its own limit is killed. */
export const KILL_AFTER = { timeoutMs: (TIMEOUT_S + 5) * 1000 } as const;

export const vsctl: readonly string[] = ['ovs-vsctl', TIMEOUT];

/** OpenFlow 1.5: groups, bundles and `set_field` in the way that the flows here are written. */
export const ofctl: readonly string[] = ['ovs-ofctl', '-O', 'OpenFlow15', TIMEOUT];

export function cookieText({ cookie }: OvsTarget): string {
  return hex(cookie);
}

/**
 * What is ours in Open vSwitch. Which Open vSwitch that is, its tools find out themselves: the one of the folder in the
 * environment variable OVS_RUNDIR, else of the folder they were built for.
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

/** The tools' own time limit in seconds: they say what they waited for, which killing them would not. */
const TIMEOUT = '--timeout=5';

export const vsctl: readonly string[] = ['ovs-vsctl', TIMEOUT];

/** OpenFlow 1.5: groups, bundles and `set_field` in the way that the flows here are written. */
export const ofctl: readonly string[] = ['ovs-ofctl', '-O', 'OpenFlow15', TIMEOUT];

export const cookieText = ({ cookie }: OvsTarget): string => `0x${cookie.toString(16)}`;

import type { DataplaneState } from '../state.ts';

/** A conntrack entry, of a connection that somebody opened through the Node. */
export interface Connection {
  /** The zone of its original direction. */
  readonly zone: number;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly translatedSource: string;
  readonly connmark: number;
}

/** A Node that exists only in memory: our state on it, and the connections its kernel knows. */
export interface World {
  readonly state: DataplaneState;
  readonly connections: readonly Connection[];
  readonly nodeIP: string;
}

/** A Node on which nothing of ours is. */
export const emptyState: DataplaneState = {
  ovs: { flows: [], groups: [] },
  ipsets: {},
  iptables: { chains: [], jumps: [] },
  routing: { rules: [], routes: [] },
};

export function emptyWorld(nodeIP: string): World {
  return { state: emptyState, connections: [], nodeIP };
}

/** Whether an IPv4 CIDR holds an address. */
export function contains(cidr: string, ip: string): boolean {
  const [network = '', prefix = '32'] = cidr.split('/');
  const hostBits = 32 - Number(prefix);
  return Math.floor(toNumber(network) / 2 ** hostBits) === Math.floor(toNumber(ip) / 2 ** hostBits);
}

function toNumber(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

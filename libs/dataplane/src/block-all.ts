import type { DesiredState } from './desired-state.ts';
import { BLOCKED } from './egress-path.ts';

/**
 * The state in which no packet of a selected Pod leaves from this Node: for when another program
 * would give it a wrong source.
 */
export function blockAll(desired: DesiredState): DesiredState {
  const { netfilter } = desired;
  return {
    ...desired,
    netfilter: {
      ...netfilter,
      paths: new Map([...netfilter.paths.keys()].map((ip) => [ip, BLOCKED])),
      // Packets from other Nodes are dropped, as no rule translates them.
      snatIds: new Map(),
    },
  };
}

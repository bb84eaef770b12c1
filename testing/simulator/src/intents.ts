import type { GroupSketch } from '@sallyport/dataplane/testing';
import { node, nodeIPs } from '@sallyport/dataplane/testing';
import type { Outcome } from './send.ts';

/**
 * The right outcome for external traffic of a Pod of the Node, by the user's Egresses and not by
 * the planner.
 */
export function intentForPod(groups: readonly GroupSketch[], ip: string): Outcome {
  const claims = groups.filter(({ pods }) => pods.includes(ip));
  const [group] = claims;
  if (group === undefined) {
    return `leaves as ${node.ip}`;
  }
  const { gateway, egressIP, tunnelID } = group;
  if (claims.length > 1 || gateway === undefined || egressIP === undefined) {
    return 'dropped';
  }
  return gateway === node.name
    ? `leaves as ${egressIP}`
    : `tunnel ${tunnelID} to ${nodeIPs[gateway] ?? ''}`;
}

/** The right outcome for a packet that comes through the tunnel. */
export function intentForTunnel(groups: readonly GroupSketch[], tunnelID: number): Outcome {
  const group = groups.find((candidate) => candidate.tunnelID === tunnelID);
  return group?.gateway === node.name && group.egressIP !== undefined
    ? `leaves as ${group.egressIP}`
    : 'dropped';
}

/**
 * The computation of one pass of an agent, without any program or kernel. It plans and diffs 250
 * Pods and 255 egress IPs on one Node of a hundred, in CPU time.
 */
import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { PlanInput } from '@sallyport/dataplane';
import { planAndDiff } from './plan-and-diff.ts';
import type { Spread } from './spread.ts';
import { spreadOf } from './spread.ts';

export const PODS = 250;
export const EGRESS_IPS = 255;
const NODES = 100;
export const ROUNDS = 20;
const WARM_UP_ROUNDS = 10;

interface Timing {
  readonly planMs: readonly number[];
  readonly diffMs: readonly number[];
}

/** One state of a Node and one change of it. */
export interface Row {
  readonly gateway: string;
  readonly change: string;
  readonly operations: number;
  readonly planMs: Spread;
  readonly diffMs: Spread;
  readonly totalMs: Spread;
}

const placements = ['local', 'half local', 'remote'] as const;
type Placement = (typeof placements)[number];

const changes = ['nothing to do', 'one Pod more', 'from zero'] as const;
type Change = (typeof changes)[number];

const network: ClusterNetwork = {
  apiVersion: CONTROLPLANE_GROUP_VERSION,
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '1' },
  nodes: Array.from({ length: NODES }, (_, index) => ({
    name: `n${index + 1}`,
    ips: [nodeIP(index)],
  })),
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: ['10.96.0.0/12'],
};

/** Plans and diffs every change of every state. */
export function measurePlans(): readonly Row[] {
  return placements.flatMap((placement) => changes.map((change) => measure(placement, change)));
}

/** The input of a plan for a gateway that has all egress IPs, and these Pods. */
export function gatewayInput(pods: number): Pick<PlanInput, 'groups' | 'network' | 'node'> {
  return {
    groups: groupsOf('local', pods),
    network,
    node: {
      ...{ name: 'n1', ip: nodeIP(0), uplinkMtu: 1500 },
      ...{ devices: new Map(), sourceRules: [] },
    },
  };
}

function measure(placement: Placement, change: Change): Row {
  const input = { network, nodeName: 'n1', nodeIP: nodeIP(0) };
  const before = planAndDiff({ ...input, groups: groupsOf(placement, PODS) });
  const groups = groupsOf(placement, change === 'one Pod more' ? PODS + 1 : PODS);
  const world = change === 'from zero' ? undefined : before.realize();
  const timing: { planMs: number[]; diffMs: number[] } = { planMs: [], diffMs: [] };
  let operations = 0;
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const result = planAndDiff({ ...input, groups, ...(world && { world }) });
    operations = result.operations;
    // The first rounds warm up the compiler.
    if (round >= 0) {
      timing.planMs.push(result.planMs);
      timing.diffMs.push(result.diffMs);
    }
  }
  return { gateway: placement, change, operations, ...spreads(timing) };
}

function groupsOf(placement: Placement, pods: number): readonly EgressGroup[] {
  return Array.from({ length: EGRESS_IPS }, (_, index) => {
    const isLocal = placement === 'local' || (placement === 'half local' && index % 2 === 0);
    const members = Array.from({ length: pods }, (__, pod) => pod).filter(
      (pod) => pod % EGRESS_IPS === index,
    );
    return {
      apiVersion: CONTROLPLANE_GROUP_VERSION,
      kind: 'EgressGroup',
      metadata: { name: `egress-${index}`, uid: `uid-${index}`, resourceVersion: '1' },
      tunnelID: index + 1,
      egressIPs: [`192.168.77.${index}`],
      gateway: {
        nodeName: isLocal ? 'n1' : 'n2',
        nodeIP: nodeIP(isLocal ? 0 : 1),
      },
      groupMembers: members.map((pod) => ({
        pod: { namespace: 'default', name: `pod-${pod}` },
        ips: [`10.244.1.${pod}`],
      })),
    };
  });
}

function nodeIP(index: number): string {
  return `192.168.78.${index + 11}`;
}

function spreads({ planMs, diffMs }: Timing): Pick<Row, 'planMs' | 'diffMs' | 'totalMs'> {
  const totalMs = planMs.map((ms, index) => ms + (diffMs[index] ?? 0));
  return { planMs: spreadOf(planMs), diffMs: spreadOf(diffMs), totalMs: spreadOf(totalMs) };
}

import type { Labels } from '@sallyport/api';

/** The name of a Pod. */
export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** The facts about a Pod that grouping uses. */
export interface Pod extends PodRef {
  readonly labels: Labels;
  /** Absent until the Pod is scheduled. */
  readonly nodeName?: string;
  /** Canonical, at most one of each family; empty until the Pod has an address. */
  readonly ips: readonly string[];
  /** status.phase: a Pod that `Succeeded` or `Failed` is finished. */
  readonly phase: string;
  readonly hostNetwork: boolean;
  /** The Pod is being deleted; it can send until it has ended. */
  readonly terminating: boolean;
}

/** The facts about a Namespace that grouping uses. */
export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

/**
 * Why no Egress applies to a Pod: it uses the Node's address, sends nothing any more, or is not on
 * a Node yet.
 */
export type Exclusion = 'host-network' | 'finished' | 'terminated' | 'unscheduled';

/** `namespace/name`: the key of a Pod in maps. */
export function podKey({ namespace, name }: PodRef): string {
  return `${namespace}/${name}`;
}

/** Why no Egress applies to a Pod; undefined if one can. */
export function exclusionOf({
  hostNetwork,
  phase,
  terminating,
  ips,
  nodeName,
}: Pod): Exclusion | undefined {
  if (hostNetwork) {
    return 'host-network';
  }
  if (phase === 'Succeeded' || phase === 'Failed') {
    return 'finished';
  }
  if (terminating && ips.length === 0) {
    return 'terminated';
  }
  return nodeName === undefined ? 'unscheduled' : undefined;
}

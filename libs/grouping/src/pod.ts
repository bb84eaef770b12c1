import type { Labels } from '@sallyport/api';

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
}

/** What grouping needs to know of a Pod. */
export interface Pod extends PodRef {
  readonly labels: Labels;
  /** Absent until it is scheduled. */
  readonly nodeName?: string;
  /** Canonical, one for each family at most; empty until it has an address. */
  readonly ips: readonly string[];
  /** status.phase: a Pod that `Succeeded` or `Failed` is finished. */
  readonly phase: string;
  readonly hostNetwork: boolean;
  /** It is being deleted; until it has ended, it goes on sending. */
  readonly terminating: boolean;
}

export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
}

/**
 * Why a Pod that an Egress selects is not steered: it has the Node's address, sends nothing any
 * more, or is nowhere yet.
 */
export type Exclusion = 'HostNetwork' | 'Finished' | 'Terminated' | 'Unscheduled';

/** `namespace/name`: the key of a Pod in maps. */
export function podKey({ namespace, name }: PodRef): string {
  return `${namespace}/${name}`;
}

export function exclusionOf({
  hostNetwork,
  phase,
  terminating,
  ips,
  nodeName,
}: Pod): Exclusion | undefined {
  if (hostNetwork) {
    return 'HostNetwork';
  }
  if (phase === 'Succeeded' || phase === 'Failed') {
    return 'Finished';
  }
  if (terminating && ips.length === 0) {
    return 'Terminated';
  }
  return nodeName === undefined ? 'Unscheduled' : undefined;
}

/**
 * How the external traffic of a Pod leaves its Node. The plan and the observed state use the same
 * type. A Pod without an egress path leaves as its CNI has it.
 */
export type EgressPath =
  /** Dropped. */
  | { readonly kind: 'blocked' }
  /** Through the tunnel to the gateway, with the Pod's own address. */
  | { readonly kind: 'redirected' }
  /** From this Node, with the egress IP of a SNAT id. */
  | { readonly kind: 'translated'; readonly snatId: number; readonly egressIP: string };

/** `unknown`: a mark that no rule matches, so packets may have left with any address. */
export type ObservedPath = EgressPath | { readonly kind: 'unknown' };

/** External packets of the Pod are dropped on its Node. */
export const BLOCKED: EgressPath = { kind: 'blocked' };

/**
 * Whether connections keep the right source address when a Pod goes from `a` to `b`; undefined
 * stands for a Pod without an egress path. The SNAT id does not matter here, only its egress IP.
 */
export function hasSameSource(a: ObservedPath | undefined, b: EgressPath | undefined): boolean {
  return (
    a?.kind === b?.kind &&
    (a?.kind === 'translated' ? a.egressIP : '') === (b?.kind === 'translated' ? b.egressIP : '')
  );
}

/** Whether a Pod that has `a` needs no change to have `b`. */
export function isSamePath(a: ObservedPath | undefined, b: EgressPath | undefined): boolean {
  return (
    hasSameSource(a, b) &&
    (a?.kind === 'translated' ? a.snatId : 0) === (b?.kind === 'translated' ? b.snatId : 0)
  );
}

/**
 * The source address that correct connections of the Pod have on this Node after translation.
 * Undefined when there are none, or when the CNI chooses it.
 */
export function sourceOf(ip: string, path: EgressPath | undefined): string | undefined {
  switch (path?.kind) {
    case 'redirected':
      return ip;
    case 'translated':
      return path.egressIP;
    case 'blocked':
    case undefined:
      return undefined;
  }
}

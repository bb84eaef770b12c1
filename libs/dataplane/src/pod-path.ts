import type { Marks } from './marks.ts';
import { packetMask, snatIdOf } from './marks.ts';
import { snatIdsOf } from './snat-rules.ts';
import type { DataplaneState } from './state.ts';

/**
 * What the rules of a Node make of the external traffic of one of its Pods, as far as the address
 * it leaves with goes: `keep` is the source that a connection of the Pod is translated to when it
 * is right.
 */
export type PodPath =
  /** As the CNI would have it. */
  | { readonly path: 'none' }
  | { readonly path: 'drop' }
  /** Into the tunnel, untranslated. */
  | { readonly path: 'redirect'; readonly keep: string }
  | { readonly path: 'snat'; readonly keep: string }
  /** A mark that no rule knows: it may have left with any address. */
  | { readonly path: 'unknown' };

/** Reads the path of a Pod out of the state of its Node. */
export function podPath({ ipsets, iptables }: DataplaneState, ip: string, marks: Marks): PodPath {
  const entry = ipsets.pods?.get(ip);
  if (entry === undefined) {
    return { path: 'none' };
  }
  if (entry.mask !== packetMask(marks)) {
    return { path: 'unknown' };
  }
  if (entry.mark === marks.drop) {
    return { path: 'drop' };
  }
  if (entry.mark === marks.redirect) {
    return { path: 'redirect', keep: ip };
  }
  const egressIP = snatIdsOf(iptables, marks).get(snatIdOf(entry.mark, marks));
  return egressIP === undefined ? { path: 'unknown' } : { path: 'snat', keep: egressIP };
}

export function samePath(a: PodPath, b: PodPath): boolean {
  return (
    a.path === b.path &&
    a.path !== 'unknown' &&
    ('keep' in a ? a.keep : '') === ('keep' in b ? b.keep : '')
  );
}

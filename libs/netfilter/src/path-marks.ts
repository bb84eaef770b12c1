import type { EgressPath, Marks, MaskedMark, ObservedPath } from '@sallyport/dataplane';
import { packetMask, snatIdOf, snatMark } from '@sallyport/dataplane';

/** The mark of a Pod's external packets. */
export function markOf(path: EgressPath, marks: Marks): MaskedMark {
  const mask = packetMask(marks);
  switch (path.kind) {
    case 'blocked':
      return { mark: marks.drop, mask };
    case 'redirected':
      return { mark: marks.redirect, mask };
    case 'translated':
      return { mark: snatMark(path.snatId, marks), mask };
  }
}

/**
 * The egress path of a Pod with this mark.
 * @param snatIds the egress IP of each SNAT id that a rule translates.
 */
export function pathOf(
  { mark, mask }: MaskedMark,
  snatIds: ReadonlyMap<number, string>,
  marks: Marks,
): ObservedPath {
  const snatId = snatIdOf(mark, marks);
  const egressIP = snatIds.get(snatId);
  if (mask !== packetMask(marks)) {
    return { kind: 'unknown' };
  }
  if (mark === marks.drop) {
    return { kind: 'blocked' };
  }
  if (mark === marks.redirect) {
    return { kind: 'redirected' };
  }
  return egressIP === undefined || mark !== snatMark(snatId, marks)
    ? { kind: 'unknown' }
    : { kind: 'translated', snatId, egressIP };
}

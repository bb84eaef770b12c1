import type { MaskedMark } from '@sallyport/dataplane';
import type { IpsetState } from './netfilter-state.ts';

const MEMBER =
  /^add \S+ (?<element>\S+)(?: skbmark (?<mark>0x[0-9a-f]+)(?:\/(?<mask>0x[0-9a-f]+))?)?/;

interface Member {
  readonly element: string;
  readonly mark: MaskedMark;
}

/** Pod IP → mark, from `ipset save` of the set of Pods. */
export function parsePodSet(stdout: string): NonNullable<IpsetState['pods']> {
  return new Map(membersOf(stdout).map(({ element, mark }) => [element, mark]));
}

/**
 * CIDRs, from `ipset save` of the set of destinations; ipset prints a single address without `/32`.
 */
export function parseInternalSet(stdout: string): NonNullable<IpsetState['internal']> {
  return new Set(
    membersOf(stdout).map(({ element }) => (element.includes('/') ? element : `${element}/32`)),
  );
}

/** Addresses, from `ipset save` of the set of Nodes. */
export function parseNodeSet(stdout: string): NonNullable<IpsetState['nodes']> {
  return new Set(membersOf(stdout).map(({ element }) => element));
}

/**
 * The members in the output of `ipset save <set>`. A mark that replaces all bits is printed without
 * its mask, a missing mark as nothing.
 */
function membersOf(stdout: string): readonly Member[] {
  return stdout.split('\n').flatMap((line) => {
    const { element, mark, mask = '0xffffffff' } = MEMBER.exec(line)?.groups ?? {};
    if (element === undefined) {
      return [];
    }
    return {
      element,
      mark: mark === undefined ? { mark: 0, mask: 0 } : { mark: Number(mark), mask: Number(mask) },
    };
  });
}

import type { IpsetChange } from '@sallyport/dataplane';
import { hex } from '@sallyport/dataplane';
import type { NetfilterNames } from './netfilter-names.ts';

/**
 * The input of `ipset restore -exist`, with which `add` replaces the mark of a member and `del` of
 * a stranger does nothing.
 */
export function renderIpset(changes: readonly IpsetChange[], names: NetfilterNames): string {
  return changes.map((change) => `${lineFor(change, names)}\n`).join('');
}

function lineFor(change: IpsetChange, { podSet, skipSet }: NetfilterNames): string {
  switch (change.change) {
    case 'create-pods':
      return `create ${podSet} hash:ip family inet skbinfo`;
    case 'create-skip':
      return `create ${skipSet} hash:net family inet`;
    case 'set-pod':
      return `add ${podSet} ${change.ip} skbmark ${hex(change.mark.mark)}/${hex(change.mark.mask)}`;
    case 'delete-pod':
      return `del ${podSet} ${change.ip}`;
    case 'add-skip':
      return `add ${skipSet} ${change.cidr}`;
    case 'delete-skip':
      return `del ${skipSet} ${change.cidr}`;
  }
}

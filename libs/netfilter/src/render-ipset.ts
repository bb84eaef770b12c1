import type { Marks, SetChange } from '@sallyport/dataplane';
import { hex, INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import { markOf } from './path-marks.ts';

/**
 * The input of `ipset restore -exist`, with which `add` replaces the mark of a member and `del` of
 * an address that is no member does nothing.
 */
export function renderIpset(changes: readonly SetChange[], marks: Marks): string {
  return changes.map((change) => `${lineFor(change, marks)}\n`).join('');
}

function lineFor(change: SetChange, marks: Marks): string {
  switch (change.op) {
    case 'create-paths':
      return `create ${PODS_SET} hash:ip family inet skbinfo`;
    case 'create-internal':
      return `create ${INTERNAL_SET} hash:net family inet`;
    case 'create-nodes':
      return `create ${NODES_SET} hash:ip family inet`;
    case 'set-path': {
      const { mark, mask } = markOf(change.path, marks);
      return `add ${PODS_SET} ${change.ip} skbmark ${hex(mark)}/${hex(mask)}`;
    }
    case 'delete-path':
      return `del ${PODS_SET} ${change.ip}`;
    case 'add-internal':
      return `add ${INTERNAL_SET} ${change.cidr}`;
    case 'delete-internal':
      return `del ${INTERNAL_SET} ${change.cidr}`;
    case 'add-node':
      return `add ${NODES_SET} ${change.ip}`;
    case 'delete-node':
      return `del ${NODES_SET} ${change.ip}`;
  }
}

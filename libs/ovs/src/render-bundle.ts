import { COOKIE, hex } from '@sallyport/dataplane';
import type { OvsChange } from './ovs-operation.ts';
import type { Flow, Group } from './ovs-state.ts';

/** The input of `ovs-ofctl bundle`, each line safe to apply again. */
export function renderBundle(changes: readonly OvsChange[]): string {
  return changes.map((change) => `${lineFor(change)}\n`).join('');
}

function lineFor(change: OvsChange): string {
  switch (change.op) {
    case 'add-flow':
      return `flow add cookie=${hex(COOKIE)},${fieldsOf(change.flow)},actions=${change.flow.actions}`;
    case 'delete-flow':
      // With the mask the cookie is a condition: other software's flow with the same match stays.
      return `flow delete_strict cookie=${hex(COOKIE)}/-1,${fieldsOf(change.flow)}`;
    case 'add-group':
    case 'modify-group':
      return `group add_or_mod ${groupText(change.group)}`;
    case 'delete-group':
      return `group delete group_id=${change.group.id}`;
  }
}

function fieldsOf({ table, priority, match }: Flow): string {
  return [`table=${table}`, `priority=${priority}`, ...(match === '' ? [] : [match])].join(',');
}

function groupText({ id, type, buckets }: Group): string {
  return [`group_id=${id}`, `type=${type}`, ...buckets.map((bucket) => `bucket=${bucket}`)].join(
    ',',
  );
}

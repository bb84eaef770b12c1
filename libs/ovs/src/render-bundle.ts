import type { Flow, Group, OvsChange } from '@sallyport/dataplane';

/**
 * The input of `ovs-ofctl bundle`, each line safe to apply again. `cookie` is hexadecimal with 0x.
 */
export function renderBundle(changes: readonly OvsChange[], cookie: string): string {
  return changes.map((change) => `${lineFor(change, cookie)}\n`).join('');
}

function lineFor(change: OvsChange, cookie: string): string {
  switch (change.change) {
    case 'add-flow':
      return `flow add cookie=${cookie},${fieldsOf(change.flow)},actions=${change.flow.actions}`;
    case 'delete-flow':
      // With the mask the cookie is a condition: a flow of somebody else with the same match stays.
      return `flow delete_strict cookie=${cookie}/-1,${fieldsOf(change.flow)}`;
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

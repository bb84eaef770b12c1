import type { Group } from './ovs-state.ts';

const GROUP = /^ group_id=(?<id>\d+),type=indirect,(?<buckets>bucket=.*)$/;

/**
 * The groups of `ovs-ofctl --no-names dump-groups` that have the type we use, in the order printed.
 */
export function parseGroups(stdout: string): readonly Group[] {
  return stdout.split('\n').flatMap((line) => {
    const { id, buckets } = GROUP.exec(line)?.groups ?? {};
    if (id === undefined || buckets === undefined) {
      return [];
    }
    return {
      id: Number(id),
      type: 'indirect',
      buckets: buckets.slice('bucket='.length).split(',bucket='),
    } as const;
  });
}

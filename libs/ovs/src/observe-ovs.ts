import type { RunCommand } from '@sallyport/command';
import type { OvsState } from '@sallyport/dataplane';
import type { OvsTarget } from './ovs-target.ts';
import { cookieText, KILL_AFTER, ofctl, vsctl } from './ovs-target.ts';
import { parseBridge } from './parse-bridge.ts';
import { parseFlows } from './parse-flows.ts';
import { parseGroups } from './parse-groups.ts';

/**
 * Reads back what is ours in Open vSwitch. Rejects with CommandError when the database or the
 * switch does not answer.
 */
export async function observeOvs(run: RunCommand, target: OvsTarget): Promise<OvsState> {
  const list = (columns: string, table: string, names: readonly string[]): readonly string[] => [
    '--if-exists',
    `--columns=${columns}`,
    'list',
    table,
    ...names,
  ];
  const { stdout } = await run(
    [
      ...vsctl,
      '--format=json',
      ...list('fail_mode,ports', 'Bridge', [target.bridge]),
      '--',
      ...list('_uuid,interfaces', 'Port', target.ports),
      '--',
      ...list('_uuid,name,type,ofport,options,mac', 'Interface', target.ports),
    ],
    KILL_AFTER,
  );
  const bridge = parseBridge(stdout);
  if (bridge === undefined) {
    return { flows: [], groups: [] };
  }
  const [flows, groups] = await Promise.all([
    run(
      [
        ...ofctl,
        '--no-names',
        '--no-stats',
        'dump-flows',
        target.bridge,
        `cookie=${cookieText(target)}/-1`,
      ],
      KILL_AFTER,
    ),
    run([...ofctl, '--no-names', 'dump-groups', target.bridge], KILL_AFTER),
  ]);
  return { bridge, flows: parseFlows(flows.stdout), groups: parseGroups(groups.stdout) };
}

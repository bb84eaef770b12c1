import type { RunCommand } from '@sallyport/command';
import { BRIDGE, COOKIE, GATEWAY_PORT, hex, TUNNEL_PORT } from '@sallyport/dataplane';
import type { OvsState } from './ovs-state.ts';
import { KILL_AFTER, ofctl, vsctl } from './ovs-tools.ts';
import { parseBridge } from './parse-bridge.ts';
import { parseFlows } from './parse-flows.ts';
import { parseGroups } from './parse-groups.ts';

/** Other ports of the bridge are neither reported nor touched. */
const PORTS = [TUNNEL_PORT.name, GATEWAY_PORT.name];

/**
 * Reads back our part of Open vSwitch. Rejects with CommandError when the database or the switch
 * does not answer.
 */
export async function observeOvs(run: RunCommand): Promise<OvsState> {
  const { stdout } = await run(
    [
      ...vsctl,
      '--format=json',
      ...list('fail_mode,ports', 'Bridge', [BRIDGE]),
      '--',
      ...list('_uuid,interfaces', 'Port', PORTS),
      '--',
      ...list('_uuid,name,type,ofport,options,mac', 'Interface', PORTS),
    ],
    KILL_AFTER,
  );
  const bridge = parseBridge(stdout);
  if (bridge === undefined) {
    return { flows: [], groups: [] };
  }
  // Other cookies are other software's flows: neither reported nor touched.
  const own = `cookie=${hex(COOKIE)}/-1`;
  const [flows, groups] = await Promise.all([
    run([...ofctl, '--no-names', '--no-stats', 'dump-flows', BRIDGE, own], KILL_AFTER),
    run([...ofctl, '--no-names', 'dump-groups', BRIDGE], KILL_AFTER),
  ]);
  return { bridge, flows: parseFlows(flows.stdout), groups: parseGroups(groups.stdout) };
}

function list(columns: string, table: string, names: readonly string[]): readonly string[] {
  return ['--if-exists', `--columns=${columns}`, 'list', table, ...names];
}

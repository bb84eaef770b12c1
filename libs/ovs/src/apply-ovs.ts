import type { RunCommand } from '@sallyport/command';
import type { Operation, OvsPort } from '@sallyport/dataplane';
import type { OvsTarget } from './ovs-target.ts';
import { cookieText, KILL_AFTER, ofctl, vsctl } from './ovs-target.ts';
import { parsePortErrors } from './port-errors.ts';
import { renderBundle } from './render-bundle.ts';

/** The operations that this library applies. */
export type OvsOperation = Extract<
  Operation,
  { op: 'delete-port' | 'ensure-bridge' | 'ovs-bundle' | 'set-gateway-link' }
>;

/**
 * Applies one operation: the bridge in one transaction of the database, flows and groups in one
 * atomic bundle. Resolves when ovs-vswitchd has done it; rejects with CommandError and then, for a
 * bundle, nothing was changed. Rejects with PortError when it cannot make a port.
 */
export async function applyOvs(
  run: RunCommand,
  target: OvsTarget,
  operation: OvsOperation,
): Promise<void> {
  switch (operation.op) {
    case 'delete-port':
      await run([...vsctl, '--if-exists', 'del-port', target.bridge, operation.name], KILL_AFTER);
      return;
    case 'ensure-bridge':
      await run(
        [
          ...vsctl,
          ...[
            '--may-exist',
            'add-br',
            target.bridge,
            '--',
            'set',
            'Bridge',
            target.bridge,
            'fail_mode=secure',
          ],
          ...operation.ports.flatMap((port) => portArguments(target.bridge, port)),
        ],
        KILL_AFTER,
      );
      await checkPorts(run, operation.ports);
      return;
    case 'ovs-bundle':
      await run([...ofctl, 'bundle', target.bridge, '-'], {
        ...KILL_AFTER,
        stdin: renderBundle(operation.changes, cookieText(target)),
      });
      return;
    case 'set-gateway-link':
      // Without this request ovs-vswitchd sets an internal port that has a larger MTU than 1500
      // back to 1500.
      await run(
        [...vsctl, 'set', 'Interface', target.internalPort, `mtu_request=${operation.mtu}`],
        KILL_AFTER,
      );
  }
}

function portArguments(bridge: string, port: OvsPort): readonly string[] {
  return [
    ...['--', '--may-exist', 'add-port', bridge, port.name],
    ...['--', 'set', 'Interface', port.name, `type=${port.type}`, `ofport_request=${port.ofport}`],
    mapArgument('options', port.options),
    // Quoted for ovs-vsctl, which would take a bare colon for syntax.
    ...(port.mac === undefined ? [] : [`mac="${port.mac}"`]),
  ];
}

/** `column={key=value,…}`: sets the whole map, so that an option that is not wanted goes. */
function mapArgument(column: string, map: Readonly<Record<string, string>>): string {
  return `${column}={${Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}}`;
}

/** ovs-vsctl has waited until ovs-vswitchd tried; what that came to is only in the database. */
async function checkPorts(run: RunCommand, ports: readonly OvsPort[]): Promise<void> {
  const names = ports.map(({ name }) => name);
  const list = ['--format=json', '--columns=name,error', 'list', 'Interface', ...names];
  const { stdout } = await run([...vsctl, ...list], KILL_AFTER);
  const [error] = parsePortErrors(stdout, ports);
  if (error !== undefined) {
    throw error;
  }
}

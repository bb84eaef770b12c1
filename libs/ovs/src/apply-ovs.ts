import type { RunCommand } from '@sallyport/command';
import { BRIDGE, GATEWAY_PORT } from '@sallyport/dataplane';
import type { OvsOperation, SetGatewayLink } from './ovs-operation.ts';
import type { OvsPort } from './ovs-state.ts';
import { KILL_AFTER, ofctl, vsctl } from './ovs-tools.ts';
import { parsePortErrors } from './port-errors.ts';
import { renderBundle } from './render-bundle.ts';

const SET_BRIDGE = ['--', 'set', 'Bridge', BRIDGE, 'fail_mode=secure'];

/** Applies one operation; rejects as `Ovs` says. */
export async function applyOvs(
  run: RunCommand,
  operation: OvsOperation | SetGatewayLink,
): Promise<void> {
  switch (operation.op) {
    case 'delete-port':
      await run([...vsctl, '--if-exists', 'del-port', BRIDGE, operation.name], KILL_AFTER);
      return;
    case 'ensure-bridge': {
      const ports = operation.ports.flatMap(portArguments);
      await run([...vsctl, '--may-exist', 'add-br', BRIDGE, ...SET_BRIDGE, ...ports], KILL_AFTER);
      await checkPorts(run, operation.ports);
      return;
    }
    case 'ovs-bundle':
      await run([...ofctl, 'bundle', BRIDGE, '-'], {
        ...KILL_AFTER,
        stdin: renderBundle(operation.changes),
      });
      return;
    case 'set-gateway-link':
      // Without this request ovs-vswitchd sets an internal port that has a larger MTU than 1500
      // back to 1500.
      await run(
        [...vsctl, 'set', 'Interface', GATEWAY_PORT.name, `mtu_request=${operation.mtu}`],
        KILL_AFTER,
      );
  }
}

function portArguments(port: OvsPort): readonly string[] {
  return [
    ...['--', '--may-exist', 'add-port', BRIDGE, port.name],
    ...['--', 'set', 'Interface', port.name, `type=${port.type}`, `ofport_request=${port.ofport}`],
    mapArgument('options', port.options),
    // Quoted for ovs-vsctl, which would take a bare colon for syntax.
    ...(port.mac === undefined ? [] : [`mac="${port.mac}"`]),
  ];
}

/** `column={key=value,…}`: sets the whole map, so that an unwanted option is removed. */
function mapArgument(column: string, map: Readonly<Record<string, string>>): string {
  return `${column}={${Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}}`;
}

/** ovs-vsctl has waited until ovs-vswitchd tried; only the database has the result. */
async function checkPorts(run: RunCommand, ports: readonly OvsPort[]): Promise<void> {
  const names = ports.map(({ name }) => name);
  const list = ['--format=json', '--columns=name,error', 'list', 'Interface', ...names];
  const { stdout } = await run([...vsctl, ...list], KILL_AFTER);
  const [error] = parsePortErrors(stdout, ports);
  if (error !== undefined) {
    throw error;
  }
}

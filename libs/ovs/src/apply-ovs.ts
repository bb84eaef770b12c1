import type { RunCommand } from '@sallyport/command';
import type { Operation, OvsPort } from '@sallyport/dataplane';
import { cookieText, KILL_AFTER, ofctl, vsctl, type OvsTarget } from './ovs-target.ts';
import { renderBundle } from './render-bundle.ts';

/** The operations that this library applies. */
export type OvsOperation = Extract<Operation, { op: 'ensure-bridge' | 'ovs-bundle' | 'set-gateway-link' }>;

/** `column={key=value,…}`: sets the whole map, so that an option that is not wanted goes. */
const mapArgument = (column: string, map: Readonly<Record<string, string>>): string =>
  `${column}={${Object.entries(map)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')}}`;

const portArguments = (bridge: string, port: OvsPort): readonly string[] => [
  ...['--', '--may-exist', 'add-port', bridge, port.name],
  ...['--', 'set', 'Interface', port.name, `type=${port.type}`, `ofport_request=${port.ofport}`],
  mapArgument('options', port.options),
  // Quoted for ovs-vsctl, which would take a bare colon for syntax.
  ...(port.mac === undefined ? [] : [`mac="${port.mac}"`]),
];

/**
 * Applies one operation: the bridge in one transaction of the database, flows and groups in one atomic bundle.
 * Resolves when ovs-vswitchd has done it; rejects with CommandError and then, for a bundle, nothing was changed.
 */
export const applyOvs = async (run: RunCommand, target: OvsTarget, operation: OvsOperation): Promise<void> => {
  switch (operation.op) {
    case 'ensure-bridge':
      await run(
        [
          ...vsctl,
          ...['--may-exist', 'add-br', target.bridge, '--', 'set', 'Bridge', target.bridge, 'fail_mode=secure'],
          ...operation.ports.flatMap((port) => portArguments(target.bridge, port)),
        ],
        KILL_AFTER,
      );
      return;
    case 'ovs-bundle':
      await run([...ofctl, 'bundle', target.bridge, '-'], {
        ...KILL_AFTER,
        stdin: renderBundle(operation.changes, cookieText(target)),
      });
      return;
    case 'set-gateway-link':
      // Without this request ovs-vswitchd sets an internal port that has a larger MTU than 1500 back to 1500.
      await run([...vsctl, 'set', 'Interface', target.internalPort, `mtu_request=${operation.mtu}`], KILL_AFTER);
  }
};

import type { OvsPort } from './ovs-state.ts';
import { rowsOf } from './parse-bridge.ts';

/** Open vSwitch has written down a port and cannot make it. */
export class PortError extends Error {
  override readonly name = 'PortError';
  readonly code = 'OVS_PORT_FAILED';
  readonly port: OvsPort;

  /** @param reason the text of ovs-vswitchd in the column `error` of its Interface. */
  constructor(port: OvsPort, reason: string) {
    const udpPort = port.options.dst_port;
    const remedy =
      udpPort === undefined
        ? 'see the log of ovs-vswitchd'
        : `its UDP port ${udpPort} may belong to another tunnel of the Node (see ip -d link, ss -uln); give all agents another --tunnel-port`;
    super(`Open vSwitch cannot make the port ${port.name}: ${reason}; ${remedy}`);
    this.port = port;
  }
}

/**
 * The errors of these ports, from `ovs-vsctl --format=json --columns=name,error list Interface`.
 */
export function parsePortErrors(stdout: string, ports: readonly OvsPort[]): readonly PortError[] {
  const reasons = new Map(
    rowsOf(stdout.split('\n')[0]).map((row) => [row.get('name'), row.get('error')]),
  );
  return ports.flatMap((port) => {
    const reason = reasons.get(port.name);
    return typeof reason === 'string' && reason !== '' ? [new PortError(port, reason)] : [];
  });
}

import type { RunCommand } from '@sallyport/command';
import { applyOvs } from './apply-ovs.ts';
import { observeOvs } from './observe-ovs.ts';
import type { OvsOperation, SetGatewayLink } from './ovs-operation.ts';
import type { OvsState } from './ovs-state.ts';

/** Our part of one Open vSwitch. Calls must not overlap. */
export interface Ovs {
  /** Rejects with CommandError when the database or the switch does not answer. */
  observe(): Promise<OvsState>;
  /**
   * The bridge changes in one transaction of the database, flows and groups in one atomic bundle.
   * Resolves when ovs-vswitchd has done it. Rejects with CommandError, and then a bundle has
   * changed nothing; with PortError when ovs-vswitchd cannot make a port.
   */
  apply(operation: OvsOperation | SetGatewayLink): Promise<void>;
}

/** Keeps nothing open: each call runs `ovs-vsctl` or `ovs-ofctl`. */
export function openOvs(run: RunCommand): Ovs {
  return { observe: () => observeOvs(run), apply: (operation) => applyOvs(run, operation) };
}

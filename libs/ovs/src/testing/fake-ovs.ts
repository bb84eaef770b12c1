import type { Ovs } from '../open-ovs.ts';
import type { OvsChange, OvsOperation, SetGatewayLink } from '../ovs-operation.ts';
import type { Flow, OvsState } from '../ovs-state.ts';

export const EMPTY_OVS: OvsState = { flows: [], groups: [] };

/** Open vSwitch in memory, behind the port of the real one. */
export class FakeOvs implements Ovs {
  state = EMPTY_OVS;

  observe(): Promise<OvsState> {
    return Promise.resolve(this.state);
  }

  apply(operation: OvsOperation | SetGatewayLink): Promise<void> {
    return Promise.resolve().then(() => {
      this.state = applyToOvs(this.state, operation);
    });
  }
}

/** The state after one operation. Throws where Open vSwitch would refuse it. */
export function applyToOvs(state: OvsState, operation: OvsOperation | SetGatewayLink): OvsState {
  switch (operation.op) {
    case 'delete-port': {
      const bridge = bridgeOf(state);
      const ports = bridge.ports.filter(({ name }) => name !== operation.name);
      return { ...state, bridge: { ...bridge, ports } };
    }
    case 'ensure-bridge':
      return { ...state, bridge: { failMode: 'secure', ports: operation.ports } };
    case 'ovs-bundle':
      bridgeOf(state);
      return operation.changes.reduce(applyChange, state);
    case 'set-gateway-link':
      bridgeOf(state);
      return state;
  }
}

function bridgeOf({ bridge }: OvsState): NonNullable<OvsState['bridge']> {
  if (bridge === undefined) {
    throw new Error('there is no bridge');
  }
  return bridge;
}

function applyChange(state: OvsState, change: OvsChange): OvsState {
  switch (change.op) {
    case 'add-flow': {
      const group = /^group:(\d+)$/.exec(change.flow.actions)?.[1];
      if (group !== undefined && !state.groups.some(({ id }) => id === Number(group))) {
        throw new Error(`there is no group ${group}`);
      }
      return {
        ...state,
        flows: [...state.flows.filter((flow) => !isSameFlow(flow, change.flow)), change.flow],
      };
    }
    case 'delete-flow':
      return { ...state, flows: state.flows.filter((flow) => !isSameFlow(flow, change.flow)) };
    case 'add-group':
    case 'modify-group':
      // One command adds or modifies (add_or_mod), so that it can be applied again.
      return {
        ...state,
        groups: [...state.groups.filter(({ id }) => id !== change.group.id), change.group],
      };
    case 'delete-group':
      // OpenFlow deletes the flows of a group with it.
      return {
        ...state,
        flows: state.flows.filter(({ actions }) => actions !== `group:${change.group.id}`),
        groups: state.groups.filter(({ id }) => id !== change.group.id),
      };
  }
}

function isSameFlow(a: Flow, b: Flow): boolean {
  return a.table === b.table && a.priority === b.priority && a.match === b.match;
}

import type { Flow, OvsState } from '../state.ts';

/** A packet on its way through the bridge. */
export interface OvsPacket {
  readonly inPort: number;
  readonly source: string;
  readonly tunnelID: number;
  readonly tunnelSource: string;
  readonly tunnelDestination: string;
}

/** Where the bridge sends a packet. */
export type OvsOutcome =
  | { readonly to: 'nowhere' }
  | {
      readonly to: 'tunnel';
      readonly tunnelID: number;
      readonly ownIP: string;
      readonly nodeIP: string;
      readonly mark: number;
    }
  | { readonly to: 'gateway-port'; readonly mark: number };

/**
 * What the flows do with a packet that opens a connection or belongs to its original direction;
 * reads their canonical texts. The way back is not modelled, here or in the chains: the tests here
 * see it as text only, real replies are sent by those on a real kernel.
 */
export function evaluateFlows(ovs: OvsState, packet: OvsPacket): OvsOutcome {
  let table: number | undefined = 0;
  let { tunnelID, tunnelSource, tunnelDestination } = packet;
  let mark = 0;
  while (table !== undefined) {
    const flow = bestFlow(ovs.flows, table, {
      ...packet,
      tunnelID,
      tunnelSource,
      tunnelDestination,
    });
    const group = /^group:(\d+)$/.exec(flow?.actions ?? '')?.[1];
    const bucket = ovs.groups
      .find(({ id }) => id === Number(group))
      ?.buckets[0]?.replace(/^bucket_id:0,actions=/, '');
    const actions = group === undefined ? (flow?.actions ?? 'drop') : (bucket ?? 'drop');
    table = undefined;
    for (const action of splitActions(actions)) {
      const [, value = '', field = ''] = /^set_field:(.*)->(.*)$/.exec(action) ?? [];
      if (field === 'tun_id') {
        tunnelID = Number(value);
      } else if (field === 'tun_src') {
        tunnelSource = value;
      } else if (field === 'tun_dst') {
        tunnelDestination = value;
      } else if (field === 'pkt_mark') {
        mark = Number(value);
      } else if (action === 'output:1') {
        return { to: 'tunnel', tunnelID, ownIP: tunnelSource, nodeIP: tunnelDestination, mark };
      } else if (action === 'output:2') {
        return { to: 'gateway-port', mark };
      } else if (action.startsWith('goto_table:')) {
        table = Number(action.slice('goto_table:'.length));
      } else if (action.startsWith('ct(')) {
        table = Number(/table=(\d+)/.exec(action)?.[1]);
      } else if (field !== 'eth_dst' && !action.startsWith('move:') && action !== 'drop') {
        throw new Error(`the model does not know the action ${action}`);
      }
    }
  }
  return { to: 'nowhere' };
}

function bestFlow(flows: readonly Flow[], table: number, packet: OvsPacket): Flow | undefined {
  return flows
    .filter((flow) => flow.table === table && matchesFlow(flow.match, packet))
    .reduce<Flow | undefined>(
      (best, flow) => (best === undefined || flow.priority > best.priority ? flow : best),
      undefined,
    );
}

function matchesFlow(match: string, packet: OvsPacket): boolean {
  return match
    .split(',')
    .filter((part) => part !== '' && part !== 'ip')
    .every((part) => {
      const [field = '', value = ''] = part.split('=');
      switch (field) {
        case 'in_port':
          return packet.inPort === Number(value);
        case 'nw_src':
          return packet.source === value;
        case 'tun_id':
          return packet.tunnelID === Number(value);
        case 'tun_src':
          return packet.tunnelSource === value;
        case 'tun_dst':
          return packet.tunnelDestination === value;
        case 'ct_state':
          // Only replies have it, and the model sends none.
          return false;
        default:
          throw new Error(`the model does not know the match ${part}`);
      }
    });
}

/** What is in parentheses is one action. */
function splitActions(actions: string): readonly string[] {
  return actions.match(/[^,(]+(\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
}

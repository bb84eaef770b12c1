import type { Flow, OvsState } from '../ovs-state.ts';

/** A packet on its way through the bridge. */
export interface OvsPacket {
  readonly inPort: number;
  readonly source: string;
  readonly tunnelID: number;
  readonly tunnelSource: string;
  readonly tunnelDestination: string;
}

/** The port that the bridge sends a packet to. */
export type OvsOutcome =
  | { readonly kind: 'dropped' }
  | {
      readonly kind: 'tunnel';
      readonly tunnelID: number;
      readonly ownIP: string;
      readonly nodeIP: string;
      readonly mark: number;
    }
  | { readonly kind: 'gateway-port'; readonly mark: number };

/** The packet with the mark that it has got, and the next table or the end of its way. */
interface Progress {
  readonly packet: OvsPacket & { readonly mark: number };
  readonly next: { readonly table: number } | OvsOutcome;
}

const DROPPED: OvsOutcome = { kind: 'dropped' };

/**
 * Sends a packet that opens a connection, or belongs to its original direction, through the flows;
 * reads their canonical texts. Replies are not modelled, neither here nor in the chains. The tests
 * here see those flows as text only; tests on a real kernel send real replies.
 */
export function evaluateFlows(ovs: OvsState, packet: OvsPacket): OvsOutcome {
  let progress: Progress = { packet: { ...packet, mark: 0 }, next: { table: 0 } };
  while ('table' in progress.next) {
    const flow = bestFlow(ovs.flows, progress.next.table, progress.packet);
    progress = actionsOf(ovs, flow).reduce(applyAction, { ...progress, next: DROPPED });
  }
  return progress.next;
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
        case 'icmp':
        case 'icmp_type':
        case 'icmp_code':
        case 'ct_state':
          // Only replies and ICMP errors have it, and the model sends none.
          return false;
        default:
          throw new Error(`the model does not know the match ${part}`);
      }
    });
}

/** A flow without a group has its actions itself. Parentheses enclose one action. */
function actionsOf({ groups }: OvsState, flow: Flow | undefined): readonly string[] {
  const { actions = 'drop' } = flow ?? {};
  const groupId = /^group:(\d+)$/.exec(actions)?.[1];
  const bucket = groups.find(({ id }) => id === Number(groupId))?.buckets[0] ?? 'drop';
  const text = groupId === undefined ? actions : bucket.replace(/^bucket_id:0,actions=/, '');
  return text.match(/[^,(]+(\((?:[^()]|\([^()]*\))*\))?/g) ?? [];
}

function applyAction({ packet, next }: Progress, action: string): Progress {
  const { tunnelID, tunnelSource: ownIP, tunnelDestination: nodeIP, mark } = packet;
  switch (action.replace(/[:(].*$/, '')) {
    case 'set_field':
      return { packet: setField(packet, action), next };
    case 'output':
      return action === 'output:1'
        ? { packet, next: { kind: 'tunnel', tunnelID, ownIP, nodeIP, mark } }
        : { packet, next: { kind: 'gateway-port', mark } };
    case 'goto_table':
      return { packet, next: { table: Number(action.slice('goto_table:'.length)) } };
    case 'ct':
      return { packet, next: { table: Number(/table=(\d+)/.exec(action)?.[1]) } };
    case 'move':
    case 'drop':
      return { packet, next };
    default:
      throw new Error(`the model does not know the action ${action}`);
  }
}

function setField(packet: Progress['packet'], action: string): Progress['packet'] {
  const [, value = '', field = ''] = /^set_field:(.*)->(.*)$/.exec(action) ?? [];
  switch (field) {
    case 'tun_id':
      return { ...packet, tunnelID: Number(value) };
    case 'tun_src':
      return { ...packet, tunnelSource: value };
    case 'tun_dst':
      return { ...packet, tunnelDestination: value };
    case 'pkt_mark':
      return { ...packet, mark: Number(value) };
    case 'eth_dst':
      return packet;
    default:
      throw new Error(`the model does not know the field ${field}`);
  }
}

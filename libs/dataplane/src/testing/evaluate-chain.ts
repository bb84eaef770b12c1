import type { IpsetState, IptablesState, IptablesTable } from '../state.ts';
import { contains } from './world.ts';

/** A packet on its way through the IP stack. */
export interface Packet {
  readonly source: string;
  readonly destination: string;
  readonly inDevice: string;
  readonly outDevice?: string;
  readonly mark: number;
  readonly connmark: number;
  /** The conntrack zone that a rule of the raw table chose. */
  readonly zone?: number;
  /** `INVALID` is also what conntrack does not look at. */
  readonly ctState: 'NEW' | 'ESTABLISHED' | 'INVALID';
}

export type Verdict =
  | { readonly verdict: 'continue' | 'DROP' | 'ACCEPT' }
  | { readonly verdict: 'SNAT'; readonly to: string };

/**
 * What a chain of ours does with a packet: reads the rules' canonical texts as netfilter would.
 * Throws on a rule it does not know, so that no rule goes unchecked.
 */
export function evaluateChain(
  { chains }: IptablesState,
  ipsets: IpsetState,
  chain: { readonly table: IptablesTable; readonly name: string },
  packet: Packet,
): { readonly packet: Packet; readonly result: Verdict } {
  let current = packet;
  for (const rule of chains.find(({ table, name }) => table === chain.table && name === chain.name)
    ?.rules ?? []) {
    const [, matches, target = ''] = /^(.*?) ?-j (.*)$/.exec(rule) ?? [];
    // Without a target it only counts.
    if (matches === undefined) {
      continue;
    }
    if (!matchesPacket(matches.split(' '), current, ipsets)) {
      continue;
    }
    const [kind = '', option = '', value = '', direction = ''] = target.split(' ');
    switch (`${kind} ${option}`.trim()) {
      case 'DROP':
      case 'ACCEPT':
        return { packet: current, result: { verdict: kind as 'DROP' | 'ACCEPT' } };
      case 'RETURN':
        return { packet: current, result: { verdict: 'continue' } };
      case 'SNAT --to-source':
        return { packet: current, result: { verdict: 'SNAT', to: value } };
      case 'MARK --set-xmark':
        current = { ...current, mark: setBits(current.mark, value) };
        break;
      case 'CONNMARK --set-xmark':
        current = { ...current, connmark: setBits(current.connmark, value) };
        break;
      case 'CT --zone-orig':
        current = { ...current, zone: current.mark & 0xffff };
        break;
      case 'SET --map-set': {
        const entry = direction === 'src' ? ipsets.pods?.get(current.source) : undefined;
        if (entry !== undefined) {
          current = { ...current, mark: (current.mark & ~entry.mask) | entry.mark };
        }
        break;
      }
      case 'TCPMSS --clamp-mss-to-pmtu':
        break;
      default:
        throw new Error(`the model does not know the target of: ${rule}`);
    }
  }
  return { packet: current, result: { verdict: 'continue' } };
}

function matchesPacket(words: string[], packet: Packet, ipsets: IpsetState): boolean {
  const rest = words.filter((word) => word !== '');
  let negated = false;
  const take = (): string => rest.shift() ?? '';
  const holds = (value: boolean): boolean => {
    const result = value !== negated;
    negated = false;
    return result;
  };
  const hasMark = (mark: number, valueAndMask: string): boolean => {
    const [value, mask = 0] = valueAndMask.split('/').map(Number);
    return (mark & mask) === value;
  };
  let module = '';
  while (rest.length > 0) {
    const word = take();
    switch (word) {
      case '!':
        negated = true;
        break;
      case '-m':
        module = take();
        break;
      case '-i':
        if (!holds(packet.inDevice === take())) {
          return false;
        }
        break;
      case '-o':
        if (!holds(packet.outDevice === take())) {
          return false;
        }
        break;
      case '--mark':
        if (!holds(hasMark(module === 'connmark' ? packet.connmark : packet.mark, take()))) {
          return false;
        }
        break;
      case '--ctdir':
        // Packets conntrack does not know have no direction; the model sends none in the reply
        // direction, so no rule for REPLY is checked.
        if (!holds(take() === 'ORIGINAL' && packet.ctState !== 'INVALID')) {
          return false;
        }
        break;
      case '--ctstate':
        if (!holds(take().split(',').includes(packet.ctState))) {
          return false;
        }
        break;
      case '--match-set':
        if (!holds(isInSet(take(), take(), packet, ipsets))) {
          return false;
        }
        break;
      case '-p':
        take();
        break;
      case '--tcp-flags':
        take();
        take();
        break;
      default:
        throw new Error(`the model does not know the match ${word} in: ${words.join(' ')}`);
    }
  }
  return true;
}

function isInSet(
  set: string,
  direction: string,
  packet: Packet,
  { pods, skip }: IpsetState,
): boolean {
  const address = direction === 'src' ? packet.source : packet.destination;
  if (set === 'SALLYPORT-PODS') {
    return pods?.has(address) === true;
  }
  if (set === 'SALLYPORT-SKIP') {
    return [...(skip ?? [])].some((cidr) => contains(cidr, address));
  }
  throw new Error(`the model does not know the set ${set}`);
}

function setBits(before: number, valueAndMask: string): number {
  const [value = 0, mask = 0] = valueAndMask.split('/').map(Number);
  return (before & ~mask) | value;
}

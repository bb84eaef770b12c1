import { INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type { IpsetState, IptablesTable, NetfilterState } from '../netfilter-state.ts';
import { isOwnChain } from '../parse-iptables.ts';
import { contains } from './contains.ts';

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
  /** `INVALID` stands for untracked packets as well. */
  readonly ctState: 'NEW' | 'ESTABLISHED' | 'INVALID';
  /** The destination port of a UDP packet; any other packet counts as TCP. */
  readonly udpPort?: number;
  /** The destination is an address of the Node itself. */
  readonly toNode?: boolean;
  /** The device that it came from does not lead to its source. */
  readonly forged?: boolean;
}

export type Verdict =
  | { readonly kind: 'continue' | 'drop' | 'accept' }
  | { readonly kind: 'snat'; readonly to: string };

type Test = (packet: Packet, sets: IpsetState) => boolean;

/** A target ends the chain with a verdict, or changes the packet and lets it go on. */
type Target = (packet: Packet, sets: IpsetState) => Verdict | Packet;

interface CompiledRule {
  readonly tests: readonly Test[];
  /** The name of a chain of ours, or the effect of the target. */
  readonly target: Target | string;
}

/** The texts are few and evaluated very often. */
const compiledRules = new Map<string, CompiledRule>();

/**
 * Sends a packet through a chain of ours; reads the rules' canonical texts as netfilter would.
 * Throws on a rule that it does not know, so that no rule goes unchecked.
 */
export function evaluateChain(
  state: NetfilterState,
  chain: { readonly table: IptablesTable; readonly name: string },
  packet: Packet,
): { readonly packet: Packet; readonly verdict: Verdict } {
  const { rules, sets } = state;
  const found = rules.chains.find(
    ({ table, name }) => table === chain.table && name === chain.name,
  );
  let current = packet;
  for (const text of found?.rules ?? []) {
    const { tests, target } = compile(text);
    if (!tests.every((test) => test(current, sets))) {
      continue;
    }
    if (typeof target === 'string') {
      const inner = evaluateChain(state, { table: chain.table, name: target }, current);
      if (inner.verdict.kind !== 'continue') {
        return inner;
      }
      current = inner.packet;
      continue;
    }
    const result = target(current, sets);
    if ('kind' in result) {
      return { packet: current, verdict: result };
    }
    current = result;
  }
  return { packet: current, verdict: { kind: 'continue' } };
}

function compile(text: string): CompiledRule {
  const known = compiledRules.get(text);
  if (known !== undefined) {
    return known;
  }
  const [, matches, target = ''] = /^(.*?) ?-j (.*)$/.exec(text) ?? [];
  const rule: CompiledRule = {
    // A rule without a target only counts.
    tests: matches === undefined ? [] : compileMatches(matches),
    target:
      matches === undefined
        ? (packet) => packet
        : isOwnChain(target)
          ? target
          : compileTarget(target),
  };
  compiledRules.set(text, rule);
  return rule;
}

function compileMatches(matches: string): readonly Test[] {
  const words = matches.split(' ').filter((word) => word !== '');
  const take = (): string => words.shift() ?? '';
  const tests: Test[] = [];
  let isNegated = false;
  let module = '';
  while (words.length > 0) {
    const word = take();
    if (word === '!') {
      isNegated = true;
    } else if (word === '-m') {
      module = take();
    } else {
      const test = compileMatch(word, module, take);
      const expected = !isNegated;
      tests.push((packet, sets) => test(packet, sets) === expected);
      isNegated = false;
    }
  }
  return tests;
}

/** @param take takes the next word of the rule. */
function compileMatch(word: string, module: string, take: () => string): Test {
  switch (word) {
    case '-i': {
      const device = take();
      return ({ inDevice }) => inDevice === device;
    }
    case '-o': {
      const device = take();
      return ({ outDevice }) => outDevice === device;
    }
    case '--mark': {
      const [value = 0, mask = 0] = take().split('/').map(Number);
      return module === 'connmark'
        ? ({ connmark }) => (connmark & mask) === value
        : ({ mark }) => (mark & mask) === value;
    }
    case '--ctdir': {
      // Packets that conntrack does not know have no direction. The model sends none in the reply
      // direction, so no rule for REPLY is checked.
      const isOriginal = take() === 'ORIGINAL';
      return ({ ctState }) => isOriginal && ctState !== 'INVALID';
    }
    case '--ctstate': {
      const states = take().split(',');
      return ({ ctState }) => states.includes(ctState);
    }
    case '--match-set':
      return compileSetMatch(take(), take());
    case '-p': {
      const isUDP = take() === 'udp';
      return ({ udpPort }) => (udpPort !== undefined) === isUDP;
    }
    case '--dport': {
      const port = Number(take());
      return ({ udpPort }) => udpPort === port;
    }
    case '--dst-type':
      take();
      return ({ toNode = false }) => toNode;
    case '--invert':
      return ({ forged = false }) => forged;
    case '--tcp-flags':
      take();
      take();
      return () => true;
    default:
      throw new Error(`the model does not know the match ${word}`);
  }
}

function compileSetMatch(set: string, direction: string): Test {
  const addressOf = ({ source, destination }: Packet): string =>
    direction === 'src' ? source : destination;
  switch (set) {
    case PODS_SET:
      return (packet, { pods }) => pods?.has(addressOf(packet)) === true;
    case INTERNAL_SET:
      return (packet, { internal }) =>
        [...(internal ?? [])].some((cidr) => contains(cidr, addressOf(packet)));
    case NODES_SET:
      return (packet, { nodes }) => nodes?.has(addressOf(packet)) === true;
    default:
      throw new Error(`the model does not know the set ${set}`);
  }
}

function compileTarget(text: string): Target {
  const [name = '', option = '', value = '', direction = ''] = text.split(' ');
  switch (`${name} ${option}`.trim()) {
    case 'DROP':
      return () => ({ kind: 'drop' });
    case 'ACCEPT':
      return () => ({ kind: 'accept' });
    case 'RETURN':
      return () => ({ kind: 'continue' });
    case 'SNAT --to-source':
      return () => ({ kind: 'snat', to: value });
    case 'MARK --set-xmark':
      return (packet) => ({ ...packet, mark: setBits(packet.mark, value) });
    case 'CONNMARK --set-xmark':
      return (packet) => ({ ...packet, connmark: setBits(packet.connmark, value) });
    case 'CT --notrack':
      return (packet) => ({ ...packet, ctState: 'INVALID' });
    case 'CT --zone-orig':
      return (packet) => ({ ...packet, zone: packet.mark & 0xffff });
    case 'SET --map-set':
      return (packet, { pods }) => {
        const entry = direction === 'src' ? pods?.get(packet.source) : undefined;
        return entry === undefined
          ? packet
          : { ...packet, mark: (packet.mark & ~entry.mask) | entry.mark };
      };
    case 'TCPMSS --clamp-mss-to-pmtu':
      return (packet) => packet;
    default:
      throw new Error(`the model does not know the target ${text}`);
  }
}

function setBits(before: number, valueAndMask: string): number {
  const [value = 0, mask = 0] = valueAndMask.split('/').map(Number);
  return (before & ~mask) | value;
}

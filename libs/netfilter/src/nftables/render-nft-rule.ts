import { createHash } from 'node:crypto';
import type { Marks } from '@sallyport/dataplane';
import { hex } from '@sallyport/dataplane';
import type { IptablesTable } from '../netfilter-state.ts';
import type { Action, Match, Rule, SetName } from '../rule.ts';
import type { NftRule } from './nft-table.ts';

/** Our chain in the main table: `mangle-forward` for `SALLYPORT-FORWARD` of mangle. */
export function nftChainName(table: IptablesTable, chain: string): string {
  return `${table}-${chain.replace('SALLYPORT-', '').toLowerCase()}`;
}

/** A rule for nft, in a chain of the main table. */
export function renderNftRule(rule: Rule, table: IptablesTable, marks: Marks): NftRule {
  const { when, action } = rule;
  const text = [...when.map(renderMatch), renderAction(action, table, marks)].join(' ');
  return action.kind === 'translate'
    ? { text, comment: `snat ${action.snatId} ${action.egressIP}` }
    : hashedRule(text);
}

/** The SNAT id and the egress IP of a rule with this comment; undefined for any other rule. */
export function parseSnatComment(comment: string): readonly [number, string] | undefined {
  const [, id, egressIP] = /^snat (\d+) ([0-9.]+)$/.exec(comment) ?? [];
  return id === undefined || egressIP === undefined ? undefined : [Number(id), egressIP];
}

/** A rule with a comment that changes with its text. */
export function hashedRule(text: string): NftRule {
  return { text, comment: createHash('sha256').update(text).digest('hex').slice(0, 12) };
}

/** Sets the bits within the mask. */
export function setMark(value: number, mask: number): string {
  return `meta mark set meta mark & ${hex(~mask >>> 0)} | ${hex(value)}`;
}

const SETS: Readonly<Record<SetName, string>> = {
  pods: '@pods4',
  internal: '@internal4',
  nodes: '@nodes4',
};

function renderMatch(match: Match): string {
  const not = 'not' in match ? '!= ' : '';
  const is = 'not' in match ? '!=' : '==';
  switch (match.kind) {
    case 'in':
      return `iifname ${not}"${match.device}"`;
    case 'out':
      return `oifname ${not}"${match.device}"`;
    case 'mark':
      return `meta mark & ${hex(match.mask)} ${is} ${hex(match.value)}`;
    case 'connmark':
      return `ct mark & ${hex(match.mask)} ${is} ${hex(match.value)}`;
    case 'direction':
      return `ct direction ${match.direction}`;
    case 'state':
      return `ct state ${match.states.join(',')}`;
    case 'set':
      return `ip ${match.side === 'source' ? 'saddr' : 'daddr'} ${not}${SETS[match.set]}`;
    case 'udp-port':
      return `udp dport ${match.port}`;
    case 'to-this-node':
      return 'fib daddr type local';
    case 'forged':
      return 'fib saddr . iif oif missing';
    case 'tcp-syn':
      return 'tcp flags & (syn | rst) == syn';
  }
}

function renderAction(action: Action, table: IptablesTable, marks: Marks): string {
  switch (action.kind) {
    case 'drop':
    case 'accept':
    case 'return':
      return action.kind;
    case 'keep-source':
      // NAT is decided once a connection: a verdict alone would leave it to the next base chain.
      return 'snat ip to ip saddr';
    case 'untrack':
      return 'notrack';
    case 'clamp-mss':
      return 'tcp option maxseg size set rt mtu';
    case 'call':
      return `jump ${nftChainName(table, action.chain)}`;
    case 'mark-by-path':
      return 'ip saddr vmap @paths4';
    case 'zone-by-mark':
      return `meta mark & ${hex(marks.snatIdMask)} vmap @zones`;
    case 'set-mark':
      return setMark(action.value, action.mask);
    case 'set-connmark':
      return `ct mark set ct mark & ${hex(~action.mask >>> 0)} | ${hex(action.value)}`;
    case 'translate':
      return `counter snat ip to ${action.egressIP}`;
  }
}

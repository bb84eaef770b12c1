import type { EgressPath, Marks, ObservedPath } from '@sallyport/dataplane';
import { GATEWAY_PORT, snatMark } from '@sallyport/dataplane';
import type { OwnChain } from '../own-rules.ts';
import { ownChains } from '../own-rules.ts';
import { markOf } from '../path-marks.ts';
import { JUMPS } from '../render-rules.ts';
import { disjointCidrs } from './disjoint-cidrs.ts';
import type { NftContent } from './nft-content.ts';
import { pathChain } from './nft-content.ts';
import type { NftChain, NftHook, NftRule, NftSet, NftTable } from './nft-table.ts';
import { hashedRule, nftChainName, renderNftRule, setMark } from './render-nft-rule.ts';

/** The chain that marks an unfinished repair. No packet gets there. */
export const UNREPAIRED_CHAIN = 'unrepaired';

/** Of our NAT chain: the first that the kernel takes, as they all come after conntrack, at -200. */
export const NAT_PRIORITY = -199;

/** The chain that holds the SNAT rules. */
export const NAT_CHAIN = 'nat-postrouting';

/** The tables for this content. A Pod whose path is not known has no path. */
export function renderNftTables(
  content: NftContent,
  marks: Marks,
): { readonly main: NftTable; readonly guard: NftTable } {
  const paths = new Map([...content.paths].flatMap(knownPath));
  return {
    main: { chains: mainChains(content, marks), sets: mainSets(content, paths, marks) },
    guard: { chains: guardChains(), sets: guardSets(content, paths) },
  };
}

function knownPath([ip, path]: readonly [string, ObservedPath]): readonly [string, EgressPath][] {
  return path.kind === 'unknown' ? [] : [[ip, path]];
}

/** The hooks of iptables' tables. Among the NAT chains of a hook, priorities give the order. */
const HOOKS: Readonly<Record<OwnChain['table'], Pick<NftHook, 'type' | 'priority'>>> = {
  raw: { type: 'filter', priority: -300 },
  mangle: { type: 'filter', priority: -150 },
  filter: { type: 'filter', priority: 0 },
  nat: { type: 'nat', priority: NAT_PRIORITY },
};

function mainChains(
  { snatIds, tunnelPort, unrepaired }: NftContent,
  marks: Marks,
): ReadonlyMap<string, NftChain> {
  const own = ownChains({ snatIds, tunnelPort }, marks)
    // An accepting chain of ours could not stop the rules of iptables from dropping.
    .filter(({ table }) => table !== 'filter')
    .map(({ table, name, rules }): [string, NftChain] => {
      const hook = hookOf(table, name);
      return [
        nftChainName(table, name),
        {
          ...(hook === undefined ? {} : { hook }),
          rules: rules.map((rule) => renderNftRule(rule, table, marks)),
        },
      ];
    });
  return new Map([
    ...pathsFor(snatIds).map(([name, path]): [string, NftChain] => {
      const { mark, mask } = markOf(path, marks);
      return [name, { rules: [hashedRule(setMark(mark, mask))] }];
    }),
    ...[...snatIds.keys()].map((id): [string, NftChain] => {
      return [
        zoneChain(id),
        { rules: [hashedRule(`ct original zone set ${snatMark(id, marks)}`)] },
      ];
    }),
    ...(unrepaired ? [[UNREPAIRED_CHAIN, { rules: [] }] as const] : []),
    ...own,
  ]);
}

function pathsFor(snatIds: ReadonlyMap<number, string>): readonly [string, EgressPath][] {
  const paths: readonly EgressPath[] = [
    { kind: 'blocked' },
    { kind: 'redirected' },
    ...[...snatIds].map(
      ([snatId, egressIP]) => ({ kind: 'translated', snatId, egressIP }) as const,
    ),
  ];
  return paths.map((path) => [pathChain(path), path]);
}

function zoneChain(snatId: number): string {
  return `zone-${snatId}`;
}

function hookOf(table: OwnChain['table'], name: string): NftHook | undefined {
  const jump = JUMPS.find((one) => one.table === table && one.to === name);
  return jump && { ...HOOKS[table], hook: jump.from.toLowerCase() as NftHook['hook'] };
}

function mainSets(
  { internal, nodes, snatIds }: NftContent,
  paths: ReadonlyMap<string, EgressPath>,
  marks: Marks,
): ReadonlyMap<string, NftSet> {
  return new Map([
    ['pods4', set('set pods4 { type ipv4_addr; }', paths.keys())],
    [
      'paths4',
      map(
        'map paths4 { type ipv4_addr : verdict; }',
        [...paths].map(([ip, path]) => [ip, `jump ${pathChain(path)}`]),
      ),
    ],
    ['nodes4', set('set nodes4 { type ipv4_addr; }', nodes)],
    ['internal4', internalSet(internal)],
    // The kernel takes no overlapping intervals, so this set keeps the CIDRs as they are given.
    [
      'cidrs4',
      set(
        'set cidrs4 { typeof ip daddr . meta mark; }',
        [...internal].map((cidr) => cidr.replace('/', ' . ')),
      ),
    ],
    [
      'zones',
      map(
        'map zones { type mark : verdict; }',
        [...snatIds.keys()].map((id) => [String(snatMark(id, marks)), `jump ${zoneChain(id)}`]),
      ),
    ],
  ]);
}

function internalSet(internal: ReadonlySet<string>): NftSet {
  const elements = disjointCidrs([...internal]).map((cidr) => cidr.replace(/\/32$/, ''));
  return set('set internal4 { type ipv4_addr; flags interval; }', elements);
}

const GW = GATEWAY_PORT.name;

/**
 * The guard looks at packets after all NAT, and knows by itself the right source of each Pod. So no
 * single loss in the main table, and no chain that translates before it, lets a wrong source out.
 */
function guardChains(): ReadonlyMap<string, NftChain> {
  const external = `oifname != "${GW}" ip daddr != @internal4`;
  const rules: readonly NftRule[] = [
    `${external} ct original ip saddr @pods4 ct original ip saddr . ip saddr != @sources4 counter drop`,
    // These have no NAT.
    `${external} ip saddr @pods4 ct state invalid,untracked counter drop`,
    // Of Pods of other Nodes.
    `${external} iifname "${GW}" ct direction original ip saddr != @egress4 counter drop`,
  ].map(hashedRule);
  // After source NAT, at 100, of every backend.
  const hook: NftHook = { type: 'filter', hook: 'postrouting', priority: 300 };
  return new Map([['postrouting', { hook, rules }]]);
}

function guardSets(
  { internal, snatIds }: NftContent,
  paths: ReadonlyMap<string, EgressPath>,
): ReadonlyMap<string, NftSet> {
  const sources = [...paths].flatMap(([ip, path]) =>
    path.kind === 'translated' ? [`${ip} . ${path.egressIP}`] : [],
  );
  return new Map([
    ['pods4', set('set pods4 { type ipv4_addr; }', paths.keys())],
    ['internal4', internalSet(internal)],
    ['sources4', set('set sources4 { type ipv4_addr . ipv4_addr; }', sources)],
    ['egress4', set('set egress4 { type ipv4_addr; }', snatIds.values())],
  ]);
}

function set(declaration: string, keys: Iterable<string>): NftSet {
  return map(
    declaration,
    [...keys].map((key) => [key, '']),
  );
}

function map(declaration: string, elements: readonly (readonly [string, string])[]): NftSet {
  return { declaration, elements: new Map(elements) };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyRoute, RoutingState } from '@sallyport/dataplane';
import * as constants from '@sallyport/dataplane';
import { defaultMarks, hex, MAX_SNAT_IDS, packetMask } from '@sallyport/dataplane';
import { node } from '@sallyport/dataplane/testing';
import type { IptablesState, NftTable } from '@sallyport/netfilter';
import { markOf, renderNftTables, renderRules, UNREPAIRED_RULE } from '@sallyport/netfilter';
import type { Flow, OvsState } from '@sallyport/ovs';
import { renderBridge } from '@sallyport/ovs';
import { planFor } from './plan.ts';
import { emptyWorld } from './world.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/dataplane.md'), 'utf8');

/** The first two cells of every row of the tables. */
const rows = [...page.matchAll(/^\| (?<what>[^|]+?) +\| `(?<value>[^`]+)` +\|/gm)].map(
  ({ groups }) => `${groups!.what!}: ${groups!.value!}`,
);

const namesAndNumbers = [
  ['bridge', constants.BRIDGE],
  ['tunnel port', constants.TUNNEL_PORT.name],
  ['tunnel UDP port', constants.DEFAULT_TUNNEL_UDP_PORT],
  ['tunnel port number', constants.TUNNEL_PORT.ofport],
  ['internal port', constants.GATEWAY_PORT.name],
  ['internal port number', constants.GATEWAY_PORT.ofport],
  ['internal port MAC', constants.GATEWAY_PORT.mac],
  ['internal port address', constants.GATEWAY_ADDRESS],
  ['internal port rp_filter', constants.RP_FILTER_LOOSE],
  ['internal port src_valid_mark', constants.SRC_VALID_MARK],
  ['virtual next hop', constants.VIRTUAL_NEXT_HOP.ip],
  ['virtual next hop MAC', constants.VIRTUAL_NEXT_HOP.mac],
  ['tunnel overhead', constants.TUNNEL_OVERHEAD],
  ['cookie', hex(constants.COOKIE)],
  ['OVS conntrack zone', constants.CT_ZONE],
  ...Object.entries(constants.OVS_TABLES).map(([name, table]) => [`OVS table ${name}`, table]),
  ...Object.entries(constants.FLOW_PRIORITIES).map(([name, priority]) => [
    `OVS priority ${name}`,
    priority,
  ]),
  ['set of Pods', constants.PODS_SET],
  ['set of internal destinations', constants.INTERNAL_SET],
  ['set of Nodes', constants.NODES_SET],
  ['chain', constants.PREROUTING_CHAIN],
  ['chain', constants.FORWARD_CHAIN],
  ['chain', constants.INPUT_CHAIN],
  ['chain', constants.OUTPUT_CHAIN],
  ['chain', constants.POSTROUTING_CHAIN],
  ['chain', constants.TUNNEL_CHAIN],
  ['rule of an unfinished repair', UNREPAIRED_RULE],
  ...Object.entries(constants.ROUTE_TABLES).map(([name, table]) => [`route table ${name}`, table]),
  ...Object.entries(constants.RULE_PRIORITIES).map(([name, priority]) => [
    `rule priority ${name}`,
    priority,
  ]),
  ['SNAT ids', MAX_SNAT_IDS],
  ...Object.entries({ ...defaultMarks }).map(([name, mark]) => [name, hex(mark)]),
].map(([what, value]) => `${String(what)}: ${String(value)}`);

const example = planFor(emptyWorld(node.ip), [
  {
    name: 'web',
    tunnelID: 4242,
    egressIP: '192.168.77.200',
    gateway: 'n2',
    pods: ['10.244.1.12', '10.244.1.13'],
  },
  { name: 'db', tunnelID: 77, egressIP: '192.168.77.201', gateway: 'n1', pods: ['10.244.1.11'] },
  { name: 'lost', tunnelID: 5, egressIP: '192.168.77.202', pods: ['10.244.1.14'] },
]).desired;
const bridge = renderBridge(example.bridge, defaultMarks);

const dumps: readonly (readonly [string, readonly string[]])[] = [
  ['the flows', renderFlows(bridge)],
  ['the groups', renderGroups(bridge)],
  ['the nftables tables', renderNftables()],
  ['the iptables rules', renderIptables(renderRules(example.netfilter, defaultMarks))],
  ['the sets', renderIpsets()],
  ['the rules and routes', renderRouting(example.routing)],
];

describe('docs/dataplane.md', () => {
  it('lists every name and number as it is, and no other', () => {
    expect(rows).toEqual(namesAndNumbers);
    expect(page).toContain(`mask ${hex(packetMask(defaultMarks))}`);
  });

  it.each(dumps)('shows %s of its example as they are planned and rendered', (_, lines) => {
    expect(page).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`);
  });
});

function renderFlows(ovs: OvsState): readonly string[] {
  return ovs.flows.toSorted((a, b) => a.table - b.table || b.priority - a.priority).map(renderFlow);
}

/** As the tools print them, in their order or, where they have none, in ours. */
function renderFlow({ table, priority, match, actions }: Flow): string {
  return ` cookie=${hex(constants.COOKIE)}, ${table === 0 ? '' : `table=${table}, `}priority=${priority}${match === '' ? '' : `,${match}`} actions=${actions}`;
}

function renderGroups(ovs: OvsState): readonly string[] {
  return ovs.groups.map(
    ({ id, type, buckets }) => ` group_id=${id},type=${type},bucket=${buckets.join()}`,
  );
}

function renderNftables(): readonly string[] {
  const { main, guard } = renderNftTables(
    { ...example.netfilter, unrepaired: false },
    defaultMarks,
  );
  return [...renderTable('sallyport', main), ...renderTable('sallyport-guard', guard)];
}

/** Without the comments. */
function renderTable(name: string, { chains, sets }: NftTable): readonly string[] {
  return [
    `table inet ${name} {`,
    ...[...sets.values()].flatMap(({ declaration, elements }) => [
      `  ${declaration.replace('; }', elements.size === 0 ? '; }' : ';')}`,
      ...[...elements].map(
        ([key, value], index) =>
          `    ${index === 0 ? 'elements = { ' : ''}${key}${value === '' ? '' : ` : ${value}`}${index === elements.size - 1 ? ' } }' : ','}`,
      ),
    ]),
    ...[...chains].flatMap(([chain, { hook, rules }]) => [
      `  chain ${chain} {`,
      ...(hook === undefined
        ? []
        : [`    type ${hook.type} hook ${hook.hook} priority ${hook.priority};`]),
      ...rules.map(({ text }) => `    ${text}`),
      '  }',
    ]),
    '}',
  ];
}

function renderIptables(iptables: IptablesState): readonly string[] {
  return ['raw', 'mangle', 'nat', 'filter'].flatMap((table) => [
    `*${table}`,
    ...iptables.jumps
      .filter((jump) => jump.table === table)
      .map(({ from, to }) => `-A ${from} -j ${to}`),
    ...iptables.chains
      .filter((chain) => chain.table === table)
      .flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
  ]);
}

function renderIpsets(): readonly string[] {
  const { paths, internal, nodes } = example.netfilter;
  return [
    `create ${constants.PODS_SET} hash:ip family inet skbinfo`,
    ...[...paths].map(([ip, path]) => {
      const { mark, mask } = markOf(path, defaultMarks);
      return `add ${constants.PODS_SET} ${ip} skbmark ${hex(mark)}/${hex(mask)}`;
    }),
    `create ${constants.INTERNAL_SET} hash:net family inet`,
    ...[...internal].map((cidr) => `add ${constants.INTERNAL_SET} ${cidr.replace('/32', '')}`),
    `create ${constants.NODES_SET} hash:ip family inet`,
    ...[...nodes].map((ip) => `add ${constants.NODES_SET} ${ip}`),
  ];
}

function renderRouting(routing: RoutingState): readonly string[] {
  return [
    ...routing.rules.map(
      ({ priority, mark, mask, table, iif }) =>
        `${priority}:	from all fwmark ${hex(mark)}/${hex(mask)}${iif === undefined ? '' : ` iif ${iif}`} lookup ${table === constants.MAIN_TABLE ? 'main' : table}`,
    ),
    ...routing.routes
      .toSorted(
        (a, b) => a.table - b.table || (a.kind === b.kind ? 0 : a.kind === 'gateway' ? -1 : 1),
      )
      .map(renderRoute),
  ];
}

function renderRoute(route: PolicyRoute): string {
  return route.kind === 'throw'
    ? `throw ${route.destination.replace('/32', '')} proto static`
    : `default via ${route.via} dev ${constants.GATEWAY_PORT.name} proto static onlink`;
}

import { network } from '@sallyport/dataplane/testing';
import type { NftTable, NftTables } from '@sallyport/netfilter';
import { intentForPod, intentForTunnel } from './intents.ts';
import { realized } from './plan.ts';
import { send } from './send.ts';
import { withTables } from './world.ts';

const groups = [
  { name: 'a', tunnelID: 70, egressIP: '192.168.77.200', gateway: 'n1', pods: ['10.244.1.11'] },
  { name: 'b', tunnelID: 71, egressIP: '192.168.77.201', gateway: 'n2', pods: ['10.244.1.12'] },
  { name: 'c', tunnelID: 72, egressIP: '192.168.77.202', pods: ['10.244.1.13'] },
];
const external = '203.0.113.10';
const world = realized(groups, network, 'nftables');
const tables = world.nft ?? {};

const shots = [
  ...groups
    .flatMap(({ pods }) => pods)
    .map((source) => ({
      shot: { source, destination: external, port: 1 },
      right: intentForPod(groups, source),
    })),
  ...groups.map(({ tunnelID }) => ({
    shot: { source: '10.244.2.21', destination: external, port: 1, tunnelID },
    right: intentForTunnel(groups, tunnelID),
  })),
];

describe('with nftables, the loss of one thing of ours lets no packet out with a wrong source', () => {
  it('sends every packet right without a loss', () => {
    expect(outcomesWith(tables)).toEqual(shots.map(({ right }) => right));
  });

  it.each(losses(tables))('$name', ({ left }) => {
    outcomesWith(left).forEach((outcome, index) => {
      expect(['dropped', shots[index]?.right]).toContain(outcome);
    });
  });
});

describe('without the table sallyport', () => {
  const { guard } = tables;
  const rules = guard?.chains.get('postrouting')?.rules ?? [];
  /** A wrong packet for each rule: of a Pod, of a Pod but without conntrack, of another Node. */
  const wrong = [
    { source: '10.244.1.11', destination: external, port: 2 },
    { source: '10.244.1.11', destination: external, port: 3, invalid: true },
    { source: '10.244.2.21', destination: external, port: 4, tunnelID: 70 },
  ];

  it('the guard has a rule for each kind of packet', () => {
    expect(rules).toHaveLength(wrong.length);
  });

  it.each(wrong.map((shot, index) => ({ shot, index })))(
    'rule $index of the guard alone stops its kind of packets',
    ({ shot, index }) => {
      const chain = guard?.chains.get('postrouting');
      if (guard === undefined || chain === undefined) {
        throw new Error('no guard');
      }
      const without = rules.filter((_, rule) => rule !== index);
      const chains = new Map(guard.chains).set('postrouting', { ...chain, rules: without });
      expect(send(withTables(world, { guard }), shot).outcome).toBe('dropped');
      expect(send(withTables(world, { guard: { ...guard, chains } }), shot).outcome).toMatch(
        /^leaves as (?:192\.168\.77\.11|10\.244\.1\.11)$/,
      );
    },
  );
});

function outcomesWith(left: NftTables): readonly string[] {
  const node = withTables(world, left);
  return shots.map(({ shot }) => send(node, shot).outcome);
}

interface Loss {
  readonly name: string;
  readonly left: NftTables;
}

function losses({ main, guard }: NftTables): readonly Loss[] {
  if (main === undefined || guard === undefined) {
    throw new Error('no tables');
  }
  return [
    { name: 'the table sallyport', left: { guard } },
    { name: 'the table sallyport-guard', left: { main } },
    ...lossesOf(main).map(({ name, left }) => ({ name, left: { guard, main: left } })),
    ...lossesOf(guard).map(({ name, left }) => ({
      name: `${name} of the guard`,
      left: { main, guard: left },
    })),
  ];
}

function lossesOf(table: NftTable): readonly { readonly name: string; readonly left: NftTable }[] {
  const { chains, sets } = table;
  return [
    ...[...chains].flatMap(([name, chain]) =>
      chain.rules.map((_, index) => ({
        name: `rule ${index} of chain ${name}`,
        left: {
          sets,
          chains: new Map(chains).set(name, {
            ...chain,
            rules: chain.rules.filter((__, other) => other !== index),
          }),
        },
      })),
    ),
    // A chain that a verdict names cannot be deleted.
    ...[...chains]
      .filter(([, { hook }]) => hook !== undefined)
      .map(([name]) => ({
        name: `chain ${name}`,
        left: { sets, chains: new Map([...chains].filter(([other]) => other !== name)) },
      })),
    ...[...sets].flatMap(([name, set]) =>
      [...set.elements.keys()].map((key) => ({
        name: `${key} of ${name}`,
        left: {
          chains,
          sets: new Map(sets).set(name, {
            ...set,
            elements: new Map([...set.elements].filter(([other]) => other !== key)),
          }),
        },
      })),
    ),
  ];
}

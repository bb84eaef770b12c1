import { fileURLToPath } from 'node:url';
import type { JsonObject } from './model/json.ts';
import { listAt, stringAt } from './model/json.ts';
import type { RestClient } from './setup/rest.ts';
import { restClient } from './setup/rest.ts';
import type { TestCluster } from './testing/cluster.ts';
import { startTestCluster } from './testing/cluster.ts';

// The answers to manifests of Sallyport's own custom resources: libs/api/crds. Bad manifests are
// sent here, to an API server; libs/api/src/egress-for.test.ts has the faults that the controller
// finds by itself.

const DEFINITIONS = fileURLToPath(new URL('../../../libs/api/crds', import.meta.url));

let cluster: TestCluster;
let client: RestClient;

beforeAll(async () => {
  cluster = await startTestCluster();
  client = restClient(cluster.server.kubeconfig);
  await cluster.run(['apply', '-f', DEFINITIONS]);
  for (const name of ['egresses', 'externalippools']) {
    await cluster.run([
      'wait',
      '--for=condition=Established',
      `crd/${name}.crd.antrea.io`,
      '--timeout=20s',
    ]);
  }
});

afterAll(() => cluster.close());

const appliedTo = { podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } } };
const egressIP = '10.0.10.8';

const REQUIREMENT = 'spec.appliedTo.podSelector.matchExpressions[0]';
const A_KEY =
  'a label key: up to 63 letters, digits, "-", "_" and ".", optionally after a DNS name and "/"';
const AN_ADDRESS = 'expected an IPv4 or IPv6 address such as 10.0.10.8 or fd00::8';
const ONE_OF = 'expected one of egressIP, egressIPs, externalIPPool, externalIPPools';
const NOT_CHECKED =
  '<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

describe('an Egress is taken', () => {
  const cases: readonly (readonly [string, JsonObject])[] = [
    ['with an address', { appliedTo, egressIP }],
    ['with an IPv6 address', { appliedTo, egressIP: 'fd00::8' }],
    ['with an address of a pool', { appliedTo, egressIP, externalIPPool: 'prod.pool-1' }],
    ['with one address of each family', { appliedTo, egressIPs: [egressIP, 'fd00::8'] }],
    ['with pools', { appliedTo, externalIPPools: ['four', 'six'] }],
    [
      'with unused fields left empty',
      { appliedTo, egressIP: '', egressIPs: [], externalIPPool: 'prod' },
    ],
    [
      'with an empty item',
      { appliedTo, egressIPs: ['', 'fd00::8'], externalIPPool: '', externalIPPools: [''] },
    ],
    ['with empty selectors', { appliedTo: { podSelector: {}, namespaceSelector: {} }, egressIP }],
    ['without selectors', { appliedTo: {}, egressIP }],
    ['with In and values', requirement({ key: 'a', operator: 'In', values: ['b', ''] })],
    [
      'with Exists and an empty list',
      requirement({ key: 'example.com/a', operator: 'Exists', values: [] }),
    ],
    [
      'with bandwidth',
      { appliedTo, egressIP, bandwidth: { rate: '500M', burst: 1000 }, unavailable: 'NodeIP' },
    ],
  ];

  it.each(cases)('%s, in both versions', async (_, spec) => {
    for (const version of ['v1alpha2', 'v1beta1']) {
      expect(await faultsOf('Egress', spec, version)).toEqual([]);
    }
  });
});

describe('the faults name field, value and expectation for an Egress with', () => {
  const cases: readonly (readonly [string, JsonObject | undefined, readonly string[]])[] = [
    [
      'a bad address',
      { appliedTo, egressIP: '10.0.10' },
      [`spec.egressIP: Invalid value: ${AN_ADDRESS}, got "10.0.10"`],
    ],
    [
      'an address of no family',
      { appliedTo, egressIP: 'gateway.example.com' },
      [`spec.egressIP: Invalid value: ${AN_ADDRESS}, got "gateway.example.com"`],
    ],
    [
      'an IPv4 address in IPv6',
      { appliedTo, egressIP: '::ffff:a00:1' },
      [`spec.egressIP: Invalid value: ${AN_ADDRESS}, got "::ffff:a00:1"`],
    ],
    [
      'an address with a zone',
      { appliedTo, egressIP: 'fe80::1%eth0' },
      [`spec.egressIP: Invalid value: ${AN_ADDRESS}, got "fe80::1%eth0"`],
    ],
    [
      'an address that is half IPv4',
      { appliedTo, egressIP: '64:ff9b::10.0.0.1' },
      [`spec.egressIP: Invalid value: ${AN_ADDRESS}, got "64:ff9b::10.0.0.1"`],
    ],
    [
      'an address that is a number',
      { appliedTo, egressIP: 10 },
      [
        'spec.egressIP: Invalid value: "integer": spec.egressIP in body must be of type string: "integer"',
        NOT_CHECKED,
      ],
    ],
    [
      'a bad address in the list',
      { appliedTo, egressIPs: [egressIP, '10.0.10'] },
      [`spec.egressIPs[1]: Invalid value: ${AN_ADDRESS}, got "10.0.10"`],
    ],
    [
      'two addresses of one family',
      { appliedTo, egressIPs: ['10.0.0.1', '10.0.0.2'] },
      [
        'spec.egressIPs: Invalid value: expected one IPv4 and one IPv6 address at most, got ["10.0.0.1", "10.0.0.2"]',
      ],
    ],
    [
      'singular and plural',
      { appliedTo, egressIP, egressIPs: ['fd00::8'] },
      [
        'spec: Forbidden: expected either egressIP and externalIPPool, or egressIPs and externalIPPools, got egressIP "10.0.10.8" with egressIPs ["fd00::8"]',
      ],
    ],
    [
      'a pool and a list of pools',
      { appliedTo, externalIPPool: 'a', externalIPPools: ['b', 'c'] },
      [
        'spec: Forbidden: expected either egressIP and externalIPPool, or egressIPs and externalIPPools, got externalIPPool "a" with externalIPPools ["b", "c"]',
      ],
    ],
    [
      'a list of nothing',
      { appliedTo, egressIPs: [] },
      [`spec: Required value: ${ONE_OF}, got none; egressIPs is empty`],
    ],
    [
      'an empty pool',
      { appliedTo, externalIPPool: '' },
      [`spec: Required value: ${ONE_OF}, got none; externalIPPool is empty`],
    ],
    [
      'an empty address and an empty item',
      { appliedTo, egressIP: '', egressIPs: [''] },
      [`spec: Required value: ${ONE_OF}, got none; egressIP is empty; egressIPs is empty`],
    ],
    [
      'everything empty',
      { appliedTo: {}, egressIPs: [], externalIPPool: '' },
      [`spec: Required value: ${ONE_OF}, got none; egressIPs is empty; externalIPPool is empty`],
    ],
    ['no address', { appliedTo }, [`spec: Required value: ${ONE_OF}, got none`]],
    [
      'an empty spec',
      {},
      [
        'spec.appliedTo: Required value: expected an object with podSelector, namespaceSelector or both, such as {podSelector: {}} for every Pod, got none',
        `spec: Required value: ${ONE_OF}, got none`,
      ],
    ],
    [
      'no spec',
      undefined,
      ['spec: Required value: expected appliedTo, and an address or a pool, got none'],
    ],
    [
      'a pool that is no name',
      { appliedTo, externalIPPool: 'Prod Pool' },
      [
        'spec.externalIPPool: Invalid value: expected the name of an ExternalIPPool: lower-case letters, digits, "-" and ".", got "Prod Pool"',
      ],
    ],
    [
      'an unknown operator',
      requirement({ key: 'a', operator: 'Is' }),
      [
        `${REQUIREMENT}.operator: Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist"`,
        NOT_CHECKED,
      ],
    ],
    [
      'no operator',
      requirement({ key: 'a' }),
      [
        `${REQUIREMENT}.operator: Required value: expected one of In, NotIn, Exists, DoesNotExist, got none`,
      ],
    ],
    [
      'In without values',
      requirement({ key: 'a', operator: 'In' }),
      [
        `${REQUIREMENT}.values: Required value: expected one value at least, as the operator is In, got none`,
      ],
    ],
    [
      'NotIn with no value',
      requirement({ key: 'a', operator: 'NotIn', values: [] }),
      [
        `${REQUIREMENT}.values: Required value: expected one value at least, as the operator is NotIn, got none`,
      ],
    ],
    [
      'Exists with values',
      requirement({ key: 'a', operator: 'Exists', values: ['b', 'c'] }),
      [
        `${REQUIREMENT}.values: Forbidden: expected no values, as the operator is Exists, got "b" and more`,
      ],
    ],
    [
      'a key that is none',
      { egressIP, appliedTo: { namespaceSelector: { matchLabels: { a: 'b', 'a/b/c': 'd' } } } },
      [
        `spec.appliedTo.namespaceSelector.matchLabels: Invalid value: expected ${A_KEY}, got "a/b/c"`,
      ],
    ],
    [
      'half a bandwidth, and a negative one',
      { appliedTo, egressIP, bandwidth: { rate: -1 } },
      [
        'spec.bandwidth.rate: Invalid value: -1: spec.bandwidth.rate in body should be greater than or equal to 0',
        'spec.bandwidth.burst: Required value: expected bits at once, such as 100M, got none',
      ],
    ],
    [
      'an unknown policy',
      { appliedTo, egressIP, unavailable: 'open' },
      [
        'spec.unavailable: Unsupported value: "open": supported values: "Drop", "NodeIP"',
        NOT_CHECKED,
      ],
    ],
  ];

  it.each(cases)('%s', async (_, spec, faults) => {
    expect(await faultsOf('Egress', spec)).toEqual(faults);
  });
});

describe('an ExternalIPPool', () => {
  const nodeSelector = {};
  const range = (item: JsonObject): JsonObject => ({ nodeSelector, ipRanges: [item] });
  const subnet = (
    subnetInfo: JsonObject,
    item: JsonObject = { cidr: '10.0.10.0/24' },
  ): JsonObject => ({
    ...range(item),
    subnetInfo,
  });

  const good: readonly (readonly [string, JsonObject])[] = [
    ['a CIDR', range({ cidr: '10.0.10.0/24' })],
    ['an IPv6 CIDR', range({ cidr: 'fd00::/120' })],
    ['addresses up to a later one', range({ start: '10.0.9.200', end: '10.0.10.2' })],
    ['a single address', range({ start: 'fd00::8', end: 'fd00::8' })],
    [
      'ranges of both families',
      { nodeSelector, ipRanges: [{ cidr: '10.0.10.0/24' }, { cidr: 'fd00::/120' }] },
    ],
    ['a subnet', subnet({ gateway: '10.0.10.1', prefixLength: 24, vlan: 5 })],
    [
      'an IPv6 subnet',
      subnet({ gateway: 'fd00::1', prefixLength: 64 }, { start: 'fd00::2', end: 'fd00::9' }),
    ],
  ];

  it.each(good)('is taken with %s', async (_, spec) => {
    for (const version of ['v1alpha2', 'v1beta1']) {
      expect(await faultsOf('ExternalIPPool', spec, version)).toEqual([]);
    }
  });

  const bad: readonly (readonly [string, JsonObject | undefined, readonly string[]])[] = [
    [
      'a bad CIDR',
      range({ cidr: '10.0.10.0/33' }),
      [
        'spec.ipRanges[0].cidr: Invalid value: expected a CIDR such as 10.0.10.0/24 or fd00::/120, got "10.0.10.0/33"',
      ],
    ],
    [
      'a bad address',
      range({ start: '10.0.10', end: '10.0.10.9' }),
      [`spec.ipRanges[0].start: Invalid value: ${AN_ADDRESS}, got "10.0.10"`],
    ],
    [
      'an end before the start',
      range({ start: '10.0.10.9', end: '10.0.9.10' }),
      [
        'spec.ipRanges[0]: Invalid value: expected a start that is not after end, got "10.0.10.9" and "10.0.9.10"',
      ],
    ],
    [
      'ends of two families',
      range({ start: '10.0.10.9', end: 'fd00::1' }),
      [
        'spec.ipRanges[0]: Invalid value: expected start and end of one family, got "10.0.10.9" and "fd00::1"',
      ],
    ],
    [
      'a start without end',
      range({ start: '10.0.10.9' }),
      [
        'spec.ipRanges[0]: Invalid value: expected either cidr, or start and end, got { start: "10.0.10.9" }',
      ],
    ],
    [
      'a range that is empty',
      range({}),
      ['spec.ipRanges[0]: Invalid value: expected either cidr, or start and end, got { }'],
    ],
    [
      'no range',
      { nodeSelector, ipRanges: [] },
      ['spec.ipRanges: Invalid value: 0: spec.ipRanges in body should have at least 1 items'],
    ],
    [
      'too long a prefix',
      subnet({ gateway: '10.0.10.1', prefixLength: 127 }),
      [
        'spec.subnetInfo.prefixLength: Invalid value: expected a number from 1 to 31, as the gateway is an IPv4 address, got 127',
      ],
    ],
    [
      'a range outside of the subnet',
      subnet({ gateway: '10.0.9.1', prefixLength: 24 }),
      [
        'spec.ipRanges: Invalid value: expected ranges inside of the subnet of the gateway, got some outside of 10.0.9.1/24',
      ],
    ],
    [
      'half a subnet',
      subnet({ gateway: '10.0.10.1' }),
      [
        'spec.subnetInfo.prefixLength: Required value: expected the length of the prefix of the subnet, such as 24, got none',
      ],
    ],
    [
      'an empty spec',
      {},
      [
        'spec.ipRanges: Required value: expected a list of ranges, each with cidr, or with start and end, got none',
        'spec.nodeSelector: Required value: expected a label selector, such as {} for every Node, got none',
      ],
    ],
  ];

  it.each(bad)('is refused with %s', async (_, spec, faults) => {
    expect(await faultsOf('ExternalIPPool', spec)).toEqual(faults);
  });
});

describe('kubectl', () => {
  it('prints every fault of a manifest', async () => {
    const pool = poolManifest([{ cidr: '10.0.10.0/33' }, { start: '10.0.10.9' }]);
    const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], pool);
    expect(code).toBe(1);
    expect(stderr.trim().split(/\n\* /).map(withoutShown)).toEqual([
      'The ExternalIPPool "changed" is invalid: ',
      'spec.ipRanges[0].cidr: Invalid value: expected a CIDR such as 10.0.10.0/24 or fd00::/120, got "10.0.10.0/33"',
      'spec.ipRanges[1]: Invalid value: expected either cidr, or start and end, got { start: "10.0.10.9" }',
    ]);
  });

  it('names a field that does not exist', async () => {
    const manifest = {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind: 'Egress',
      metadata: { name: 'tried' },
      spec: { appliedTo: {}, egressIP, destinations: {} },
    };
    const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
    expect(code).toBe(1);
    expect(stderr).toContain('unknown field "spec.destinations"');
  });

  it('changes the ranges of a pool', async () => {
    await cluster.run(['apply', '-f', '-'], poolManifest([{ cidr: '10.0.10.0/24' }]));
    const ranges = [{ cidr: '10.0.11.0/24' }, { start: '10.0.12.1', end: '10.0.12.9' }];
    await cluster.run(['apply', '-f', '-'], poolManifest(ranges));
    const pool = await cluster.run(['get', 'externalippool', 'changed', '-o', 'json']);
    expect(JSON.parse(pool)).toMatchObject({ spec: { ipRanges: ranges } });
    await cluster.run(['delete', 'externalippool', 'changed']);
  });
});

function poolManifest(ipRanges: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'crd.antrea.io/v1beta1',
    kind: 'ExternalIPPool',
    metadata: { name: 'changed' },
    spec: { nodeSelector: {}, ipRanges },
  });
}

function requirement(item: JsonObject): JsonObject {
  return { egressIP, appliedTo: { podSelector: { matchExpressions: [item] } } };
}

/** The faults that the API server finds, as kubectl prints them. */
async function faultsOf(
  kind: 'Egress' | 'ExternalIPPool',
  spec: JsonObject | undefined,
  version = 'v1beta1',
): Promise<readonly string[]> {
  const plural = kind === 'Egress' ? 'egresses' : 'externalippools';
  const apiVersion = `crd.antrea.io/${version}`;
  const { status, body } = await client.send({
    method: 'POST',
    path: `/apis/${apiVersion}/${plural}?dryRun=All`,
    body: {
      apiVersion,
      kind,
      metadata: { name: 'tried' },
      ...(spec === undefined ? {} : { spec }),
    },
  });
  if (status === 201) {
    return [];
  }
  return listAt(body, 'details', 'causes').map((cause) => {
    const fault = `${stringAt(cause, 'field') ?? ''}: ${stringAt(cause, 'message') ?? ''}`;
    return withoutShown(fault);
  });
}

/**
 * Before the words of a rule, Kubernetes 1.34 shows the type of a value, and 1.35 the value where
 * it is a scalar.
 */
function withoutShown(fault: string): string {
  return fault.replace(/Invalid value: (?:"[^"]*": |-?\d+: )?(?=expected)/, 'Invalid value: ');
}

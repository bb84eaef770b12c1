import { setTimeout as sleep } from 'node:timers/promises';
import type { KubectlResult } from '@sallyport/kit';
import { restClient } from './setup/rest.ts';
import type { TestCluster } from './testing/cluster.ts';
import {
  gate,
  gateDefinition,
  gateNames,
  SET_UP_TIMEOUT_MS,
  startTestCluster,
} from './testing/cluster.ts';

let cluster: TestCluster;
let resource: string;

beforeAll(async () => {
  cluster = await startTestCluster();
  resource = gateNames(cluster.id).resource;
  await cluster.run(['apply', '-f', '-'], gateDefinition(cluster.id));
  await cluster.run(['wait', '--for=condition=Established', `crd/${resource}`, '--timeout=20s']);
  // A kube-apiserver publishes the schema a moment after that. kubectl needs it to explain, and to
  // check manifests.
  const explain = (): Promise<KubectlResult> => cluster.kubectl(['explain', resource]);
  for (let attempts = 1; attempts < 50 && (await explain()).code !== 0; attempts += 1) {
    await sleep(200);
  }
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await cluster.kubectl(['delete', 'crd', resource, '--wait=false']);
  await (cluster as TestCluster | undefined)?.close();
});

it('an unknown path is answered in JSON below the own groups of the server, else as text', async () => {
  const client = restClient(cluster.server.kubeconfig);
  const answers = async (path: string): Promise<unknown> =>
    (await client.send({ method: 'GET', path })).body;
  const { group } = gateNames(cluster.id);
  const text = '404 page not found\n';
  for (const path of ['/none', '/apis/none.example/v1/x', `/apis/${group}/v1beta1/none`]) {
    expect([path, await answers(path)]).toEqual([path, text]);
  }
  for (const path of ['/api/v1/none', '/apis/apps/v1/none', '/api/v9']) {
    expect([path, await answers(path)]).toEqual([path, expect.objectContaining({ code: 404 })]);
  }
});

describe('a custom resource', () => {
  it('is discovered with its short name, category and versions', async () => {
    const { group } = gateNames(cluster.id);
    expect(
      await cluster.run(['api-resources', `--api-group=${group}`, '--no-headers', '-o', 'wide']),
    ).toMatch(
      new RegExp(
        `^gates\\s+g${cluster.id}\\s+${group}/v1beta1\\s+false\\s+Gate\\s.*all${cluster.id}`,
      ),
    );
    expect((await cluster.run(['api-versions'])).split('\n')).toEqual(
      expect.arrayContaining([`${group}/v1beta1`, `${group}/v1alpha2`]),
    );
  });

  it('is explained by kubectl, down to its fields', async () => {
    const explained = await cluster.run(['explain', `${resource}.spec.address`]);
    expect(explained).toContain('FIELD: address <string>');
    expect(explained).toContain('The address of the gate.');
    expect(await cluster.run(['explain', `${resource}.spec`])).toMatch(
      /address\s+<string> -required-/,
    );
  });

  it('gets its defaults, also inside of defaulted objects', async () => {
    await cluster.run(['apply', '-f', '-'], manifest('defaults', { address: '10.0.0.1' }));
    const spec: unknown = JSON.parse(
      await cluster.run(['get', resource, 'defaults', '-o', 'jsonpath={.spec}']),
    );
    expect(spec).toEqual({ address: '10.0.0.1', mode: 'Open', options: { retries: 3 } });
  });

  it('is printed by its columns, wide ones only when asked', async () => {
    await cluster.run(['apply', '-f', '-'], manifest('columns', { address: '10.0.0.2' }));
    await cluster.run(
      ['patch', resource, 'columns', '--subresource=status', '--type=merge', '-p'].concat(
        JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'True' }] } }),
      ),
    );
    expect(await cluster.run(['get', resource, 'columns'])).toMatch(
      /^NAME +ADDRESS +READY +AGE\s*\ncolumns +10\.0\.0\.2 +True +\d+s\s*\n$/,
    );
    expect(await cluster.run(['get', resource, 'columns', '-o', 'wide'])).toMatch(
      /AGE +MODE\s*\n.* Open\s*\n$/,
    );
  });

  it('is served alike in every version', async () => {
    await cluster.run(
      ['apply', '-f', '-'],
      manifest('versions', { address: '10.0.0.3' }, 'v1alpha2'),
    );
    for (const version of ['v1alpha2', 'v1beta1']) {
      const { group } = gateNames(cluster.id);
      const found = await cluster.run([
        'get',
        `gates.${version}.${group}`,
        'versions',
        '-o',
        'jsonpath={.apiVersion} {.spec.address}',
      ]);
      expect(found).toBe(`${group}/${version} 10.0.0.3`);
    }
  });

  it('counts generations for its spec only, and keeps status and spec apart', async () => {
    await cluster.run(['apply', '-f', '-'], manifest('generations', { address: '10.0.0.4' }));
    const generation = (): Promise<string> =>
      cluster.run(['get', resource, 'generations', '-o', 'jsonpath={.metadata.generation}']);
    const patch = (change: object, ...more: string[]): Promise<string> =>
      cluster.run([
        'patch',
        resource,
        'generations',
        '--type=merge',
        '-p',
        JSON.stringify(change),
        ...more,
      ]);
    expect(await generation()).toBe('1');
    await cluster.run(['label', resource, 'generations', 'a=b']);
    await patch(
      { status: { conditions: [{ type: 'Ready', status: 'True' }] } },
      '--subresource=status',
    );
    await patch({ spec: { address: '10.9.9.9' } }, '--subresource=status');
    expect(await generation()).toBe('1');
    await patch({ spec: { address: '10.0.0.5' }, status: { conditions: [] } });
    expect(await generation()).toBe('2');
    const shown = '{.spec.address} {.status.conditions[0].status} {.metadata.labels.a}';
    expect(await cluster.run(['get', resource, 'generations', '-o', `jsonpath=${shown}`])).toBe(
      '10.0.0.5 True b',
    );
  });

  it('keeps unknown fields only where its schema allows them', async () => {
    const spec = { address: '10.0.0.6', free: { any: { thing: [1] } }, target: 'http', bogus: 1 };
    const warned = await cluster.kubectl(
      ['apply', '--validate=warn', '-f', '-'],
      manifest('pruned', spec),
    );
    expect(warned.stderr).toContain('unknown field "spec.bogus"');
    const stored: unknown = JSON.parse(
      await cluster.run(['get', resource, 'pruned', '-o', 'jsonpath={.spec}']),
    );
    expect(stored).toMatchObject({ free: { any: { thing: [1] } }, target: 'http' });
    expect(stored).not.toHaveProperty('bogus');
  });

  it('is waited for by condition', async () => {
    await cluster.run(['apply', '-f', '-'], manifest('waited', { address: '10.0.0.7' }));
    const waiting = cluster.run([
      'wait',
      `${resource}/waited`,
      '--for=condition=Ready',
      '--timeout=20s',
    ]);
    const status = JSON.stringify({ status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    await cluster.run([
      'patch',
      resource,
      'waited',
      '--subresource=status',
      '--type=merge',
      '-p',
      status,
    ]);
    expect(await waiting).toContain('condition met');
  });
});

describe('a custom resource is refused', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'for a string of another format',
      { address: 'nowhere' },
      'spec.address: Invalid value: "nowhere": spec.address in body must be of type ipv4: "nowhere"',
    ],
    ['without a required field', {}, 'spec.address: Required value'],
    [
      'for a value that is not in the list',
      { address: '10.0.0.1', mode: 'Ajar' },
      'spec.mode: Unsupported value: "Ajar": supported values: "Open", "Closed"',
    ],
    [
      'for a value of another type',
      { address: 5 },
      'spec.address: Invalid value: "int64": spec.address in body must be of type ipv4: "int64"',
    ],
    [
      'for a number too small',
      { address: '10.0.0.1', port: 0 },
      'spec.port: Invalid value: 0: spec.port in body should be greater than or equal to 1',
    ],
    [
      'for a number too large',
      { address: '10.0.0.1', port: 70000 },
      'spec.port in body should be less than or equal to 65535',
    ],
    [
      'for a text that does not match',
      { address: '10.0.0.1', owner: 'A' },
      `spec.owner: Invalid value: "A": spec.owner in body should match '^[a-z]+$'`,
    ],
    [
      'for a text too long',
      { address: '10.0.0.1', owner: 'abcdefghi' },
      'spec.owner: Too long: may not be more than 8 bytes',
    ],
    [
      'for a list too long',
      {
        address: '10.0.0.1',
        ranges: [{ cidr: '10.0.0.0/8' }, { cidr: '10.0.0.0/8' }, { cidr: '10.0.0.0/8' }],
      },
      'spec.ranges: Too many: 3: must have at most 2 items',
    ],
    [
      'when no alternative holds',
      { address: '10.0.0.1', ranges: [{ start: '10.0.0.1' }] },
      '"spec.ranges[0]" must validate one and only one schema (oneOf). Found none valid',
    ],
    [
      'when two alternatives hold',
      { address: '10.0.0.1', ranges: [{ cidr: '10.0.0.0/8', start: 'a', end: 'b' }] },
      '"spec.ranges[0]" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ],
    [
      'when a rule fails',
      { address: '10.0.0.1', mode: 'Closed', port: 1 },
      'a port needs mode Open',
    ],
  ];

  it.each(cases)('%s', async (_name, spec, message) => {
    const { code, stderr } = await cluster.kubectl(['apply', '-f', '-'], manifest('refused', spec));
    expect(stderr).toContain('The Gate "refused" is invalid');
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  it('when a rule about the change fails', async () => {
    await cluster.run(
      ['apply', '-f', '-'],
      manifest('owned', { address: '10.0.0.1', owner: 'me' }),
    );
    const { stderr } = await cluster.kubectl(
      ['apply', '-f', '-'],
      manifest('owned', { address: '10.0.0.1', owner: 'you' }),
    );
    expect(stderr).toContain('owner is immutable');
  });

  it('for an unknown field, by default', async () => {
    const { stderr } = await cluster.kubectl(
      ['apply', '-f', '-'],
      manifest('strict', { address: '10.0.0.1', adress: 'x' }),
    );
    expect(stderr).toContain('strict decoding error: unknown field "spec.adress"');
    expect((await cluster.kubectl(['get', resource, 'strict'])).stderr).toContain(
      `${resource} "strict" not found`,
    );
  });
});

function manifest(name: string, spec: object, version?: string): string {
  return gate(cluster.id, name, spec, version);
}

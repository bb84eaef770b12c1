import type { TestCluster } from './testing/cluster.ts';
import { SET_UP_TIMEOUT_MS, startTestCluster } from './testing/cluster.ts';

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startTestCluster();
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await (cluster as TestCluster | undefined)?.close();
});

describe('kubectl', () => {
  it('reads the server version and its health', async () => {
    expect(await run('version')).toMatch(/Server Version: v1\.\d+/);
    for (const path of ['/healthz', '/readyz', '/livez']) {
      expect(await run('get', '--raw', path)).toBe('ok');
    }
  });

  it('finds the namespaces that every cluster has', async () => {
    const names = (await run('get', 'namespaces', '-o', 'name')).trim().split('\n');
    expect(names).toEqual(expect.arrayContaining(['namespace/default', 'namespace/kube-system']));
  });

  it('explains built-in types', async () => {
    const explained = await run('explain', 'pods.spec.containers.ports');
    expect(explained).toContain('FIELD: ports <[]ContainerPort>');
    expect(explained).toMatch(/containerPort\s+<integer> -required-/);
  });

  it('applies, and names the changed objects', async () => {
    expect(await apply(configMap('applied', { a: '1', b: '2' }))).toBe(
      'configmap/applied created\n',
    );
    expect(await apply(configMap('applied', { a: '1', b: '2' }))).toBe(
      'configmap/applied unchanged\n',
    );
    expect(await apply(configMap('applied', { a: '3' }))).toBe('configmap/applied configured\n');
    expect(JSON.parse(await run('get', 'configmap', 'applied', '-o', 'jsonpath={.data}'))).toEqual({
      a: '3',
    });
  });

  it('does not write when nothing changes', async () => {
    await apply(configMap('still', { a: '1' }));
    const version = (): Promise<string> =>
      run('get', 'configmap', 'still', '-o', 'jsonpath={.metadata.resourceVersion}');
    const before = await version();
    await apply(configMap('still', { a: '1' }));
    await run('label', 'configmap', 'still', 'x=y', '--overwrite', '--dry-run=server');
    expect(await version()).toBe(before);
  });

  it('shows the changes of an apply, and makes none', async () => {
    await apply(configMap('diffed', { a: 'old' }));
    const { code, stdout } = await attempt(configMap('diffed', { a: 'new' }), 'diff');
    expect(code).toBe(1);
    expect(stdout).toMatch(/-\s+a: old\n\+\s+a: new/);
    expect(await run('get', 'configmap', 'diffed', '-o', 'jsonpath={.data.a}')).toBe('old');
  });

  it('merges containers by name and environment variables by name', async () => {
    const main = {
      name: 'main',
      image: 'registry.example/app:1',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ],
    };
    await apply(deployment('merged', [main]));
    const sidecar = {
      spec: {
        template: {
          spec: { containers: [{ name: 'sidecar', image: 'registry.example/sidecar:1' }] },
        },
      },
    };
    await run('patch', 'deployment', 'merged', '-p', JSON.stringify(sidecar));
    await apply(
      deployment('merged', [
        { ...main, image: 'registry.example/app:2', env: [{ name: 'B', value: '3' }] },
      ]),
    );
    const shown = '{range .spec.template.spec.containers[*]}{.name}={.image} {.env[*].name};{end}';
    const containers = (await run('get', 'deployment', 'merged', '-o', `jsonpath=${shown}`))
      .split(';')
      .filter(Boolean);
    expect(containers.sort()).toEqual([
      'main=registry.example/app:2 B',
      'sidecar=registry.example/sidecar:1 ',
    ]);
  });

  it('patches with a JSON patch and with a merge patch', async () => {
    await apply(configMap('patched', { a: '1', b: '2' }));
    await run(
      'patch',
      'configmap',
      'patched',
      '--type=json',
      '-p',
      '[{"op":"replace","path":"/data/a","value":"x"}]',
    );
    await run('patch', 'configmap', 'patched', '--type=merge', '-p', '{"data":{"b":null,"c":"y"}}');
    expect(JSON.parse(await run('get', 'configmap', 'patched', '-o', 'jsonpath={.data}'))).toEqual({
      a: 'x',
      c: 'y',
    });
  });

  it('labels, annotates and selects', async () => {
    await apply(pod('one', { nodeName: `n1-${cluster.id}` }, { role: 'web', tier: 'a' }));
    await apply(pod('two', { nodeName: `n2-${cluster.id}` }, { role: 'db' }));
    await run('annotate', 'pod', 'one', 'note=x');
    await run('label', 'pod', 'two', 'tier=b', 'gone=soon');
    await run('label', 'pod', 'two', 'gone-');
    const names = async (...args: readonly string[]): Promise<string[]> =>
      (await run('get', 'pods', '-o', 'name', ...args)).trim().split('\n').filter(Boolean);
    expect(await names('-l', 'role=web')).toEqual(['pod/one']);
    expect(await names('-l', 'role!=web')).toContain('pod/two');
    expect(await names('-l', 'tier in (a,b)')).toEqual(['pod/one', 'pod/two']);
    expect(await names('-l', 'gone')).toEqual([]);
    expect(await names('-l', 'role in (web), !missing')).toEqual(['pod/one']);
    expect(await names('--field-selector', `spec.nodeName=n2-${cluster.id}`)).toEqual(['pod/two']);
    expect(
      (await cluster.kubectl(['get', 'pods', '--field-selector', 'spec.nothing=x'])).stderr,
    ).toContain('field label not supported');
  });

  it('prints Pods as they are, and wide', async () => {
    await apply(pod('printed', { nodeName: `n1-${cluster.id}` }));
    const status = { phase: 'Running', podIP: '10.244.1.9', podIPs: [{ ip: '10.244.1.9' }] };
    await run('patch', 'pod', 'printed', '--subresource=status', '-p', JSON.stringify({ status }));
    expect(await run('get', 'pod', 'printed', '-o', 'wide')).toMatch(
      /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\nprinted +0\/1 +Running +0 +\d+s +10\.244\.1\.9 +n1-\w+ +<none> +<none>\n$/,
    );
  });

  it('begins Pods as Pending and describes them', async () => {
    await apply(pod('fresh'));
    expect(
      await run('get', 'pod', 'fresh', '-o', 'jsonpath={.status.phase} {.spec.restartPolicy}'),
    ).toBe('Pending Always');
    expect(await run('describe', 'pod', 'fresh')).toMatch(
      /Name:\s+fresh[\s\S]*Image:\s+registry\.example\/app:1/,
    );
  });

  it('waits for a condition and for a field', async () => {
    await apply(pod('awaited'));
    const condition = run('wait', 'pod/awaited', '--for=condition=Ready', '--timeout=20s');
    const field = run(
      'wait',
      'pod/awaited',
      '--for=jsonpath={.status.podIP}=10.244.7.7',
      '--timeout=20s',
    );
    const status = { podIP: '10.244.7.7', conditions: [{ type: 'Ready', status: 'True' }] };
    await run('patch', 'pod', 'awaited', '--subresource=status', '-p', JSON.stringify({ status }));
    expect(await condition).toContain('condition met');
    expect(await field).toContain('condition met');
  });

  it('waits for a deletion that a finalizer holds back', async () => {
    await apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'held', finalizers: ['sallyport.example/hold'] },
    });
    await run('delete', 'configmap', 'held', '--wait=false');
    expect(
      await run('get', 'configmap', 'held', '-o', 'jsonpath={.metadata.deletionTimestamp}'),
    ).not.toBe('');
    const gone = run('wait', 'configmap/held', '--for=delete', '--timeout=20s');
    await run(
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '-p',
      '{"metadata":{"finalizers":null}}',
    );
    await gone;
    expect(
      (await cluster.kubectl(['-n', cluster.namespace, 'get', 'configmap', 'held'])).stderr,
    ).toContain('configmaps "held" not found');
  });

  it('leaves a Pod on a Node until its Node confirms, and removes it when forced', async () => {
    await apply(pod('leaving', { nodeName: `n1-${cluster.id}` }));
    await run('delete', 'pod', 'leaving', '--wait=false');
    expect(await run('get', 'pod', 'leaving')).toContain('Terminating');
    await run('delete', 'pod', 'leaving', '--force', '--grace-period=0');
    expect((await cluster.kubectl(['-n', cluster.namespace, 'get', 'pod', 'leaving'])).code).toBe(
      1,
    );
  });

  it('watches with -w and prints each change', async () => {
    await apply(configMap('watched', { a: '1' }));
    const watching = cluster.follow([
      '-n',
      cluster.namespace,
      'get',
      'configmap',
      'watched',
      '-w',
      '--no-headers',
    ]);
    await watching.until(/^watched +1 +\w+\n/);
    await run('patch', 'configmap', 'watched', '--type=merge', '-p', '{"data":{"b":"2"}}');
    await watching.until(/^watched +1 +\w+\nwatched +2 +\w+\n/);
    await watching.end();
  });

  it('creates the objects of its generators, which it sends as protobuf', async () => {
    await run('create', 'configmap', 'made', '--from-literal=a=b');
    expect(await run('get', 'configmap', 'made', '-o', 'jsonpath={.data.a}')).toBe('b');
    await run('create', 'secret', 'generic', 'made', '--from-literal=a=b');
    expect(await run('get', 'secret', 'made', '-o', 'jsonpath={.data.a} {.type}')).toBe(
      'Yg== Opaque',
    );
    await run('create', 'deployment', 'made', '--image=registry.example/app:1', '--replicas=0');
    await run('expose', 'deployment', 'made', '--port=80');
    const shown = '{.spec.ports[0].targetPort} {.spec.type} {.spec.selector.app}';
    expect(await run('get', 'service', 'made', '-o', `jsonpath=${shown}`)).toBe(
      '80 ClusterIP made',
    );
    expect(await run('get', 'service', 'made', '-o', 'jsonpath={.spec.clusterIP}')).toMatch(
      /^\d+\.\d+\.\d+\.\d+$/,
    );
  });

  it('names objects after generateName', async () => {
    const name = (
      await cluster.run(
        ['-n', cluster.namespace, 'create', '-o', 'name', '-f', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'gen-' } }),
      )
    ).trim();
    expect(name).toMatch(/^configmap\/gen-[a-z0-9]{5}$/);
  });
});

describe('the API server refuses', () => {
  it('to create an object twice', async () => {
    await apply(configMap('twice', {}));
    expect((await attempt(configMap('twice', {}), 'create')).stderr).toContain(
      'configmaps "twice" already exists',
    );
  });

  it('an update from an outdated copy', async () => {
    await apply(configMap('stale', { a: '1' }));
    const old = await run('get', 'configmap', 'stale', '-o', 'json');
    await run('patch', 'configmap', 'stale', '--type=merge', '-p', '{"data":{"a":"2"}}');
    const { stderr } = await cluster.kubectl(['-n', cluster.namespace, 'replace', '-f', '-'], old);
    expect(stderr).toContain(
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('objects of a namespace that does not exist', async () => {
    const { stderr } = await cluster.kubectl(
      ['-n', `missing-${cluster.id}`, 'create', '-f', '-'],
      JSON.stringify(configMap('x', {})),
    );
    expect(stderr).toContain(`namespaces "missing-${cluster.id}" not found`);
  });

  it('names and labels that are none', async () => {
    expect((await attempt(configMap('Not_A_Name', {}), 'create')).stderr).toContain(
      'metadata.name: Invalid value: "Not_A_Name"',
    );
    const labelled = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'labelled', labels: { a: 'b c' } },
    };
    expect((await attempt(labelled, 'create')).stderr).toContain(
      'metadata.labels: Invalid value: "b c"',
    );
  });

  it('unknown fields and values of another type, of built-in types too', async () => {
    const misspelt = await attempt(pod('misspelt', { hostNetworking: true }), 'create');
    expect(misspelt.stderr).toContain('strict decoding error: unknown field "spec.hostNetworking"');
    const mistyped = await attempt(pod('mistyped', { hostNetwork: 'yes' }), 'create');
    expect(mistyped.stderr).toMatch(
      /cannot unmarshal string into Go struct field .*hostNetwork of type bool/,
    );
  });

  it('Pods without containers, and changes of a Pod that runs', async () => {
    expect((await attempt(pod('empty', { containers: [] }), 'create')).stderr).toContain(
      'spec.containers: Required value',
    );
    await apply(pod('fixed', { nodeName: `n1-${cluster.id}` }));
    const { stderr } = await attempt(
      pod('fixed', { nodeName: `n1-${cluster.id}`, hostNetwork: true }),
      'apply',
    );
    expect(stderr).toContain('pod updates may not change fields other than');
  });
});

/** kubectl in the namespace of this run. */
function run(...args: readonly string[]): Promise<string> {
  return cluster.run(['-n', cluster.namespace, ...args]);
}
function apply(object: object, ...args: readonly string[]): Promise<string> {
  return cluster.run(
    ['-n', cluster.namespace, 'apply', ...args, '-f', '-'],
    JSON.stringify(object),
  );
}

function configMap(name: string, data: object): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data,
  };
}

function attempt(object: object, ...args: readonly string[]): ReturnType<TestCluster['kubectl']> {
  return cluster.kubectl(['-n', cluster.namespace, ...args, '-f', '-'], JSON.stringify(object));
}

function deployment(name: string, containers: readonly object[]): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  };
}

function pod(name: string, spec: object = {}, labels: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels },
    spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }], ...spec },
  };
}

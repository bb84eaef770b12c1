import { spawnSync } from 'node:child_process';
import type { ApiServer } from '@sallyport/apiserver';
import { defaultCacheFolder, ensureKubectl, startApiServer } from '@sallyport/apiserver';
import type { Kubectl } from '@sallyport/kit';
import { bundleProgram, createKubectl, workspaceRoot } from '@sallyport/kit';
import type { Rendered } from './testing/rendered-chart.ts';
import { CHART, objectOf, objectsIn, render, REQUIRED } from './testing/rendered-chart.ts';

let server: ApiServer;
let kubectl: Kubectl;
let helm: Kubectl;

beforeAll(async () => {
  const log = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const tools = await ensureKubectl(defaultCacheFolder(process.env), log);
  server = await startApiServer({ env: {}, log });
  kubectl = createKubectl(tools.kubectl, server.kubeconfig);
  helm = createKubectl(tools.helm, server.kubeconfig);
  await kubectl.run(['create', 'namespace', 'egress']);
}, 600_000);

afterAll(() => server.close());

const sets: readonly (readonly [string, readonly string[]])[] = [
  ['the defaults', []],
  ['the Open vSwitch of the Node', ['ovs.mode=host']],
  ['all rights on the Nodes', ['agent.privileged=true', 'ovs.privileged=true', 'ovs.mode=pod']],
  [
    'digests',
    [`agent.digest=sha256:${'a'.repeat(64)}`, `controller.digest=sha256:${'b'.repeat(64)}`],
  ],
  ['networks', ['serviceCIDRs={10.96.0.0/16,fd00::/112}', 'podCIDRs={10.244.0.0/16}']],
  ['the network of the Node', ['controller.hostNetwork=true', 'agent.maxUnavailable=1']],
  ['a network policy', ['networkPolicy.enabled=true']],
  [
    'labels, annotations, affinity and credentials',
    [
      ...['commonLabels.team=net', 'controller.podLabels.a=b', 'agent.podLabels.a=b'],
      ...['agent.podAnnotations.a=b', 'ovs.podAnnotations.a=b', 'controller.podAnnotations.a=b'],
      ...['imagePullSecrets[0].name=registry', 'controller.affinity.nodeAffinity=null'],
      ...['agent.resources.limits.memory=256Mi', 'agent.extraArgs={--resync-interval=20s}'],
    ],
  ],
  ['a cleanup of the Nodes', ['agent.cleanup=true']],
  ['no roles and no CRDs', ['rbac.create=false', 'crds.enabled=false']],
];

describe('the chart', () => {
  it.each(sets)('gives objects that the API server accepts, with %s', async (_, values) => {
    const yaml = await render(helm, ...values.flatMap((value) => ['--set', value]));
    expect(objectsIn(yaml).length).toBeGreaterThan(5);
    const apply = ['apply', '--dry-run=server', '--validate=strict', '-f', '-'];
    await kubectl.run(apply, { stdin: yaml });
  });

  it.each([
    ['a wrong name', 'contoller.port=7101', "additional properties 'contoller' not allowed"],
    ['a wrong name inside', 'agent.tunelPort=1', "additional properties 'tunelPort' not allowed"],
    ['a wrong type', 'agent.tunnelPort=first', 'got string, want integer'],
    ['a wrong word', 'ovs.mode=node', "value must be one of 'auto', 'host', 'pod'"],
    ['no registry', 'image.registry=', 'set image.registry'],
  ])('refuses %s', async (_, value, message) => {
    const { code, stderr } = await helm.try(['template', 'x', CHART, ...REQUIRED, '--set', value]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining(message) as unknown,
    });
  });

  it('gives the controller exactly the rights that it uses, and the agent none', async () => {
    const objects = objectsIn(await render(helm));
    expect(objectOf(objects, 'ClusterRole', 'sallyport-controller').rules).toEqual([
      { apiGroups: [''], resources: ['pods', 'namespaces', 'nodes'], verbs: ['list', 'watch'] },
      { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: ['list', 'watch'] },
      { apiGroups: ['crd.antrea.io'], resources: ['egresses'], verbs: ['list', 'watch'] },
      { apiGroups: ['crd.antrea.io'], resources: ['egresses/status'], verbs: ['patch'] },
    ]);
    const events = objectOf(objects, 'Role', '-events');
    expect(events.metadata.namespace).toBe('default');
    expect(events.rules).toEqual([
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
    ]);
    const bindings = objects.filter(({ kind }) => kind.endsWith('Binding'));
    expect(JSON.stringify(bindings)).not.toContain('-agent');
  });

  it('starts the controller as Pod Security "restricted" asks', async () => {
    const { spec } = objectOf(objectsIn(await render(helm)), 'Deployment', '-controller').spec
      .template;
    expect(spec).toMatchObject({
      hostNetwork: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    });
  });

  it('leaves the Pods of Open vSwitch alone in an upgrade', async () => {
    const ovs = objectOf(objectsIn(await render(helm)), 'DaemonSet', '-ovs');
    expect(ovs.spec.updateStrategy).toEqual({ type: 'OnDelete' });
  });

  it('selects Pods by labels that no value and no version changes', async () => {
    const changed = ['--set', 'commonLabels.team=net,image.tag=next'];
    const selectors = (yaml: string): readonly unknown[] =>
      objectsIn(yaml)
        .filter(({ kind }) => ['Deployment', 'DaemonSet'].includes(kind))
        .map(({ spec }) => spec.selector.matchLabels);
    const before = selectors(await render(helm));
    expect(before).toHaveLength(3);
    expect(selectors(await render(helm, ...changed))).toEqual(before);
    expect(Object.keys(before[0] as object)).toEqual([
      ...['app.kubernetes.io/name', 'app.kubernetes.io/instance', 'app.kubernetes.io/component'],
    ]);
  });

  it('has a ServiceMonitor that selects the Service of the controller', async () => {
    const objects = objectsIn(await render(helm, '--set', 'metrics.serviceMonitor.enabled=true'));
    const service = objectOf(objects, 'Service', '-controller');
    const { matchLabels } = objectOf(objects, 'ServiceMonitor', '-controller').spec.selector;
    expect(service.metadata.labels).toMatchObject(matchLabels);
  });
});

describe('the arguments of the containers', () => {
  let objects: readonly Rendered[];
  beforeAll(async () => {
    objects = objectsIn(await render(helm, '--set', 'serviceCIDRs={10.96.0.0/16}'));
    for (const app of ['agent', 'controller']) {
      await bundleProgram(`apps/${app}/src/main.ts`, `apps/${app}/dist/bundle/main.mjs`);
    }
  }, 600_000);

  it('the controller takes them', () => {
    const { stderr, status } = start('controller', ['--kubeconfig=/nothing']);
    expect(stderr).toContain('kubeconfig /nothing cannot be read');
    expect(status).toBe(2);
  });

  it('the agent takes them', () => {
    const { stderr, status } = start('agent', ['--dry-run', '--dry-run-timeout=1s']);
    // It asked a controller that does not exist.
    expect(stderr).toContain('sallyport-controller.egress.svc');
    expect(status).toBe(1);
  });

  function start(
    app: 'agent' | 'controller',
    more: readonly string[],
  ): {
    readonly status: number | null;
    readonly stderr: string;
  } {
    const kind = app === 'agent' ? 'DaemonSet' : 'Deployment';
    const [container] = objectOf(objects, kind, `-${app}`).spec.template.spec.containers;
    const args = container!.args.map((text) => text.replace('$(NODE_NAME)', 'n1'));
    const bundle = `apps/${app}/dist/bundle/main.mjs`;
    return spawnSync(process.execPath, [bundle, ...args, ...more], {
      ...{ cwd: workspaceRoot(), encoding: 'utf8', timeout: 60_000 },
      env: { PATH: process.env.PATH },
    });
  }
});

describe('a release', () => {
  const inNamespace = ['-n', 'egress'];

  it('is refused where the agent of Antrea runs', async () => {
    const antrea = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'antrea-agent', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: { app: 'antrea' } },
        template: {
          metadata: { labels: { app: 'antrea' } },
          spec: { containers: [{ name: 'antrea-agent', image: 'antrea/antrea-agent' }] },
        },
      },
    };
    await kubectl.run(['apply', '-f', '-'], { stdin: JSON.stringify(antrea) });
    const { code, stderr } = await helm.try([
      'install',
      'sallyport',
      CHART,
      ...inNamespace,
      ...REQUIRED,
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'antrea-agent runs in Namespace kube-system and serves the same Egresses',
    );
    await kubectl.run(['delete', 'daemonset', 'antrea-agent', '-n', 'kube-system']);
  });

  it('is installed, upgraded and uninstalled; the CRDs and Egresses stay', async () => {
    const notes = await helm.run(['install', 'sallyport', CHART, ...inNamespace, ...REQUIRED]);
    expect(notes.split('NOTES:\n')[1]?.trim().split('\n')).toHaveLength(5);
    await helm.run([
      ...['upgrade', 'sallyport', CHART, ...inNamespace, ...REQUIRED],
      ...['--set', 'log.level=debug'],
    ]);
    const agent = await kubectl.run([
      'get',
      'daemonset',
      'sallyport-agent',
      ...inNamespace,
      '-o',
      'yaml',
    ]);
    expect(agent).toContain('--log-level=debug');
    const egress = {
      apiVersion: 'crd.antrea.io/v1beta1',
      kind: 'Egress',
      metadata: { name: 'web' },
      spec: { appliedTo: { podSelector: {} }, egressIP: '192.0.2.1' },
    };
    await kubectl.run(['apply', '-f', '-'], { stdin: JSON.stringify(egress) });
    await helm.run(['uninstall', 'sallyport', ...inNamespace]);
    expect(await kubectl.run(['get', 'egress', '-o', 'name'])).toBe('egress.crd.antrea.io/web\n');
    expect(
      await kubectl.run(['get', 'deployment,daemonset,service', ...inNamespace, '-o', 'name']),
    ).toBe('');
  });
});

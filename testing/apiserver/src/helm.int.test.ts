import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TemporaryFolder } from './setup/kubeconfig.ts';
import { temporaryFolder } from './setup/kubeconfig.ts';
import type { TestCluster } from './testing/cluster.ts';
import { SET_UP_TIMEOUT_MS, startTestCluster } from './testing/cluster.ts';

let cluster: TestCluster;
let chart: TemporaryFolder;

const TEMPLATE = `apiVersion: v1
kind: ConfigMap
metadata: { name: '{{ .Release.Name }}' }
data: { value: '{{ .Values.value }}' }
`;

beforeAll(async () => {
  cluster = await startTestCluster();
  chart = await temporaryFolder();
  await mkdir(join(chart.path, 'templates'));
  await writeFile(join(chart.path, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n');
  await writeFile(join(chart.path, 'templates', 'config-map.yaml'), TEMPLATE);
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  await (chart as TemporaryFolder | undefined)?.remove();
  await (cluster as TestCluster | undefined)?.close();
});

it('helm installs, upgrades and uninstalls a chart', async () => {
  const helm = (...args: readonly string[]): Promise<string> =>
    cluster.helm(['-n', cluster.namespace, ...args]);
  const shown = (): ReturnType<TestCluster['kubectl']> =>
    cluster.kubectl([
      '-n',
      cluster.namespace,
      'get',
      'configmap',
      'release',
      '-o',
      'jsonpath={.data.value}',
    ]);
  await helm('install', 'release', chart.path, '--set', 'value=one');
  expect((await shown()).stdout).toBe('one');
  await helm('upgrade', 'release', chart.path, '--set', 'value=two');
  expect((await shown()).stdout).toBe('two');
  expect(await helm('list', '-q')).toBe('release\n');
  await helm('uninstall', 'release');
  expect((await shown()).stderr).toContain('configmaps "release" not found');
});

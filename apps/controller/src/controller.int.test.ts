import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { startApiServer, type ApiServer } from '@sallyport/apiserver';
import {
  CONTROLPLANE_GROUP_VERSION,
  type ClusterNetwork,
  type Condition,
  type EgressGroup,
  type EgressResource,
  type EgressStatus,
} from '@sallyport/api';
import { createKubeClient, KubeApiError, writeEgressStatus, type KubeClient } from '@sallyport/kube';
import { systemClock } from '@sallyport/reconcile';
import { watchResource, type Reflector, type Watchable } from '@sallyport/watch';
import { pino } from 'pino';
import { parse } from 'yaml';
import type { ControllerConfig } from './config.ts';
import { startController, type Controller } from './start-controller.ts';

const CRDS = new URL('../../../libs/api/crds/', import.meta.url);
const EGRESSES = '/apis/crd.antrea.io/v1beta1/egresses';
/** Names of this run, so that it can share an API server with others. */
const RUN = `it${process.pid}`;
const NAMESPACE = `${RUN}-prod`;
const [N1, N2] = [`${RUN}-n1`, `${RUN}-n2`];
const IP = '192.0.2.10';
/** Machines that test are busy. */
const TIMEOUT_MS = 30_000;

const settings: ControllerConfig = {
  listenAddress: '127.0.0.1',
  port: 0,
  kubeconfig: '',
  serviceCidrs: ['10.96.0.0/16'],
  podCidrs: [],
  reportGrace: 60_000,
  bookmarkInterval: 5000,
  logLevel: 'warn',
};

const eventually = async <T>(
  what: string,
  attempt: () => T | false | undefined | Promise<T | false | undefined>,
  ms = 5000,
): Promise<T> => {
  const deadline = Date.now() + ms;
  for (;;) {
    const result = await attempt();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) throw new Error(`after ${ms} ms still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

let apiServer: ApiServer;
let client: KubeClient;
/** Undone in reverse order after each test. */
const cleanUps: (() => Promise<unknown>)[] = [];

const api = {
  async create(path: string, body: unknown): Promise<void> {
    const { name } = (body as { metadata: { name: string } }).metadata;
    await client.json({ method: 'POST', path, body });
    cleanUps.push(() => api.remove(`${path}/${name}`));
  },
  patch: (path: string, body: unknown): Promise<unknown> =>
    client.json({ method: 'PATCH', path, contentType: 'application/merge-patch+json', body }),
  async remove(path: string): Promise<void> {
    try {
      await client.json({ method: 'DELETE', path, query: { gracePeriodSeconds: '0' } });
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 404)) throw error;
    }
  },
};

const createNode = async (name: string, ip: string, podCIDR: string): Promise<void> => {
  await api.create('/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { podCIDR, podCIDRs: [podCIDR] },
  });
  await api.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      addresses: [
        { type: 'Hostname', address: name },
        { type: 'InternalIP', address: ip },
      ],
    },
  });
};

const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;
const createPod = async (
  name: string,
  options: { role?: string; nodeName?: string; ip?: string; hostNetwork?: boolean } = {},
): Promise<void> => {
  const { role = 'web', nodeName = N1, ip, hostNetwork = false } = options;
  await api.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { role } },
    spec: { nodeName, hostNetwork, containers: [{ name: 'main', image: 'none' }] },
  });
  if (ip === undefined) return;
  await api.patch(`${pods}/${name}/status`, { status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] } });
};

const egressOf = (name: string, spec: Partial<EgressResource['spec']> = {}): unknown => ({
  apiVersion: 'crd.antrea.io/v1beta1',
  kind: 'Egress',
  metadata: { name },
  spec: {
    appliedTo: {
      podSelector: { matchLabels: { role: 'web' } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } },
    },
    ...(spec.externalIPPool === undefined && { egressIP: IP }),
    ...spec,
  },
});

const statusOf = async (name: string): Promise<EgressStatus> =>
  ((await client.json({ method: 'GET', path: `${EGRESSES}/${name}` })) as EgressResource).status ?? {};

const conditionOf = async (name: string, type: string): Promise<Condition | undefined> =>
  (await statusOf(name)).conditions?.find((condition) => condition.type === type);

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: unknown }[] };
}

/** Creates an Egress under a schema as lax as an older one may have been, which stays in force until the test has ended. */
const createUnchecked = async (egress: unknown): Promise<void> => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/egresses.crd.antrea.io';
  const { spec } = (await client.json({ method: 'GET', path })) as Crd;
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const lax = spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema } }));
  cleanUps.push(() => api.patch(path, { spec: { versions: spec.versions } }));
  await api.patch(path, { spec: { versions: lax } });
  await eventually('the lax schema is in force', async () => {
    try {
      await api.create(EGRESSES, egress);
      return true;
    } catch (error) {
      if (error instanceof KubeApiError && error.status === 422) return undefined;
      throw error;
    }
  });
};

const startOne = async (changes: Partial<ControllerConfig> = {}): Promise<Controller> => {
  const controller = await startController({
    config: { ...settings, kubeconfig: apiServer.kubeconfig, ...changes },
    logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' }),
    clock: systemClock,
    nowMs: () => Date.now(),
    random: Math.random,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= controller.stop());
  cleanUps.push(stop);
  return { ...controller, stop };
};

const get = async (controller: Controller, path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(new URL(path, controller.url));
  return { status: response.status, body: await response.json() };
};

const ready = (controller: Controller): Promise<boolean> =>
  eventually('ready', async () => (await get(controller, '/readyz')).status === 200);

const report = async (
  controller: Controller,
  nodeName: string,
  addresses: readonly string[],
  realizedResourceVersion = '',
): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/nodereports/${nodeName}`, controller.url), {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: CONTROLPLANE_GROUP_VERSION,
      kind: 'NodeReport',
      metadata: { name: nodeName },
      addresses,
      realizedResourceVersion,
    }),
  });
  return { status: response.status, body: await response.json() };
};

const watch = <T extends Watchable>(
  url: string,
  plural: string,
  nodeName?: string,
  onConnect: () => void = () => undefined,
): Reflector<T> => {
  const reflector = watchResource<T>({
    url: new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/${plural}`, url).href,
    ...(nodeName !== undefined && { nodeName }),
    parse: (raw) => raw as T,
    onChange: () => undefined,
    onConnect,
    onError: () => undefined,
    clock: systemClock,
    random: Math.random,
    retryMs: 50,
  });
  cleanUps.push(() => reflector.stop());
  return reflector;
};

/** The version that an agent which has seen everything reports as realized. */
const latestVersion = async (controller: Controller, nodeName: string): Promise<string> => {
  const path = `/apis/${CONTROLPLANE_GROUP_VERSION}/egressgroups?fieldSelector=nodeName%3D${nodeName}`;
  return ((await get(controller, path)).body as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
};

const membersOf = (reflector: Reflector<EgressGroup>, group: string): readonly string[] | undefined =>
  reflector
    .state()
    .objects.get(group)
    ?.groupMembers.map(({ pod, ips }) => `${pod.name} ${ips.join(',')}`.trim());

beforeAll(async () => {
  apiServer = await startApiServer({ env: process.env, log: () => undefined });
  client = createKubeClient(apiServer.kubeconfig);
  for (const file of await readdir(CRDS)) {
    const body: unknown = parse(await readFile(new URL(file, CRDS), 'utf8'));
    try {
      await client.json({ method: 'POST', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', body });
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 409)) throw error;
    }
  }
  await eventually('Egresses are served', async () => {
    try {
      return await client.json({ method: 'GET', path: EGRESSES });
    } catch {
      return undefined;
    }
  });
  await client.json({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  });
}, TIMEOUT_MS);

afterAll(async () => {
  await api.remove(`/api/v1/namespaces/${NAMESPACE}`);
  await apiServer.close();
});

beforeEach(async () => {
  await createNode(N1, '10.0.0.1', '10.244.1.0/24');
  await createNode(N2, '10.0.0.2', '10.244.2.0/24');
});

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe('the controller', () => {
  it(
    'tells each Node its groups, follows the cluster, and says in the status who holds the IP and that it works',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const controller = await startOne();
      await ready(controller);
      const groups1 = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      const groups2 = watch<EgressGroup>(controller.url, 'egressgroups', N2);
      await eventually('n1 sees its member', () => membersOf(groups1, `${RUN}-web`));
      expect(membersOf(groups1, `${RUN}-web`)).toEqual(['web-1 10.244.1.5']);
      expect(groups1.state().objects.get(`${RUN}-web`)?.gateway).toBeUndefined();
      await eventually('n2 sees nothing', () => groups2.state().synced);
      expect(groups2.state().objects.size).toBe(0);

      await report(controller, N1, ['10.0.0.1']);
      await report(controller, N2, ['10.0.0.2', IP]);
      const gateway = { nodeName: N2, nodeIP: '10.0.0.2' };
      await eventually(
        'n1 and n2 learn the gateway',
        () =>
          [groups1, groups2].every((groups) => groups.state().objects.get(`${RUN}-web`)?.gateway?.nodeName === N2) ||
          undefined,
      );
      expect(groups2.state().objects.get(`${RUN}-web`)).toMatchObject({ gateway, groupMembers: [], egressIPs: [IP] });
      await eventually('the status names the holder', async () => (await statusOf(`${RUN}-web`)).egressNode === N2);
      expect(await statusOf(`${RUN}-web`)).toMatchObject({ egressIP: IP });
      expect(await conditionOf(`${RUN}-web`, 'Realized')).toMatchObject({ status: 'False', reason: 'Pending' });

      await report(controller, N1, ['10.0.0.1'], await latestVersion(controller, N1));
      await report(controller, N2, ['10.0.0.2', IP], await latestVersion(controller, N2));
      await eventually('realized', async () => (await conditionOf(`${RUN}-web`, 'Realized'))?.status === 'True');

      await createPod('web-2', { nodeName: N2, ip: '10.244.2.7' });
      await createPod('other', { role: 'db', ip: '10.244.1.6' });
      await eventually('a new Pod joins', () => membersOf(groups2, `${RUN}-web`)?.includes('web-2 10.244.2.7'));
      const start = performance.now();
      await api.patch(`${pods}/web-1`, { metadata: { labels: { role: 'db' } } });
      await eventually('a Pod leaves', () => !groups1.state().objects.has(`${RUN}-web`));
      expect(performance.now() - start).toBeLessThan(2000);
      expect(membersOf(groups2, `${RUN}-web`)).toEqual(['web-2 10.244.2.7']);
      await report(controller, N2, ['10.0.0.2', IP], await latestVersion(controller, N2));
      await eventually('n1 still has to stop steering', async () => {
        const { status, message } = (await conditionOf(`${RUN}-web`, 'Realized'))!;
        return status === 'False' && message === `waiting for Nodes ${N1}`;
      });
      await report(controller, N1, ['10.0.0.1'], groups1.state().resourceVersion);
      await eventually('realized', async () => (await conditionOf(`${RUN}-web`, 'Realized'))?.status === 'True');

      const networks = watch<ClusterNetwork>(controller.url, 'clusternetworks');
      await eventually('the network', () => networks.state().objects.get('default'));
      const network = networks.state().objects.get('default');
      expect(network?.serviceCIDRs).toEqual(['10.96.0.0/16']);
      expect(network?.podCIDRs).toEqual(expect.arrayContaining(['10.244.1.0/24', '10.244.2.0/24']));
      expect(network?.nodes).toContainEqual({ name: N1, ips: ['10.0.0.1'] });

      await api.remove(`${EGRESSES}/${RUN}-web`);
      await eventually('the group goes', () => groups2.state().objects.size === 0);
    },
    TIMEOUT_MS,
  );

  it(
    'follows the IP from Node to Node, and fails closed while none or two hold it',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      const groups = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      let connections = 0;
      watch<EgressGroup>(controller.url, 'egressgroups', N2, () => {
        connections += 1;
      });
      const gatewayIs = (nodeName: string | undefined): Promise<boolean> =>
        eventually(`the gateway is ${nodeName ?? 'nobody'}`, () => {
          const group = groups.state().objects.get(`${RUN}-web`);
          return group !== undefined && group.gateway?.nodeName === nodeName;
        });
      const assigned = (reason: string): Promise<Condition> =>
        eventually(`IPAssigned says ${reason}`, async () => {
          const condition = await conditionOf(`${RUN}-web`, 'IPAssigned');
          return condition?.reason === reason ? condition : undefined;
        });
      await assigned('NoNode');
      await report(controller, N1, [IP]);
      await gatewayIs(N1);
      await assigned('Assigned');
      await report(controller, N2, [IP]);
      await gatewayIs(undefined);
      expect((await assigned('SeveralNodes')).message).toContain(`${N1}, ${N2}`);
      expect((await statusOf(`${RUN}-web`)).egressNode).toBeUndefined();
      await report(controller, N1, []);
      await gatewayIs(N2);
      await api.remove(`/api/v1/nodes/${N2}`);
      await gatewayIs(undefined);
      expect(await report(controller, N2, [IP])).toMatchObject({
        status: 404,
        body: { reason: 'NotFound', message: expect.stringContaining(`Node ${N2} does not exist`) as string },
      });
      // The same name may be a new machine: its agent is made to say anew what it has.
      await createNode(N2, '10.0.0.2', '10.244.2.0/24');
      await eventually('the agent of n2 connects again', () => connections > 1);
      await eventually('its report is taken', async () => (await report(controller, N2, [IP])).status === 200);
      await gatewayIs(N2);
      const events = (await client.json({ method: 'GET', path: '/api/v1/namespaces/default/events' })) as {
        items: { involvedObject: { name?: string }; reason: string }[];
      };
      const reasons = events.items.filter(({ involvedObject }) => involvedObject.name === `${RUN}-web`);
      expect(reasons.filter(({ reason }) => reason === 'SeveralNodes')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  it(
    'changes nothing for the Nodes when it restarts',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const first = await startOne();
      await ready(first);
      await report(first, N1, []);
      await report(first, N2, [IP]);
      const before = watch<EgressGroup>(first.url, 'egressgroups', N1);
      await eventually('the gateway', () => before.state().objects.get(`${RUN}-web`)?.gateway);
      await eventually('the status', async () => (await statusOf(`${RUN}-web`)).egressNode);
      const group = before.state().objects.get(`${RUN}-web`);
      const { port } = first.app.server.address() as AddressInfo;
      await report(first, N1, [], await latestVersion(first, N1));
      await report(first, N2, [IP], await latestVersion(first, N2));
      await eventually('realized', async () => (await conditionOf(`${RUN}-web`, 'Realized'))?.status === 'True');
      const realized = await conditionOf(`${RUN}-web`, 'Realized');
      const versionBefore = Number(await latestVersion(first, N2));
      await first.stop();

      const second = await startOne({ port });
      const gateways: (string | undefined)[] = [];
      await eventually('the agent has the state of the new controller', () => {
        gateways.push(before.state().objects.get(`${RUN}-web`)?.gateway?.nodeName);
        return Number(before.state().resourceVersion) > versionBefore + 1000;
      });
      expect(new Set(gateways)).toEqual(new Set([N2]));
      expect(before.state().objects.get(`${RUN}-web`)).toMatchObject({
        tunnelID: group?.tunnelID,
        gateway: group?.gateway,
        groupMembers: group?.groupMembers,
      });
      // The agents report what they reported before, then that they have caught up.
      await report(second, N2, [IP], String(versionBefore));
      await report(second, N1, [], String(versionBefore));
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await conditionOf(`${RUN}-web`, 'Realized')).toEqual(realized);
      expect((await statusOf(`${RUN}-web`)).egressNode).toBe(N2);
      for (const [node, ips] of [
        [N1, []],
        [N2, [IP]],
      ] as const) {
        await report(second, node, ips, await latestVersion(second, node));
      }
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect(await conditionOf(`${RUN}-web`, 'Realized')).toEqual(realized);
    },
    TIMEOUT_MS,
  );

  it(
    'says what is wrong with an Egress, and serves the others',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-good`));
      await api.create(EGRESSES, egressOf(`${RUN}-pool`, { externalIPPool: 'blue' }));
      await createUnchecked(egressOf(`${RUN}-x-bad`, { egressIP: '10.0.300.1' }));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      await report(controller, N2, [IP]);
      await eventually('the good one works', async () => (await statusOf(`${RUN}-good`)).egressNode === N2);
      const refusal = (name: string): Promise<Condition> =>
        eventually(`${name} is refused`, () => conditionOf(`${RUN}-${name}`, 'IPAllocated'));
      expect(await refusal('pool')).toMatchObject({ status: 'False', reason: 'PoolsNotSupported' });
      expect(await refusal('x-bad')).toMatchObject({
        status: 'False',
        reason: 'Invalid',
        message: expect.stringContaining(
          'spec.egressIP: expected an IPv4 or IPv6 address, got "10.0.300.1"',
        ) as unknown,
      });
      expect(await conditionOf(`${RUN}-good`, 'IPAllocated')).toMatchObject({ status: 'True' });
      expect(await conditionOf(`${RUN}-good`, 'Conflicted')).toMatchObject({ status: 'False' });
      expect(await conditionOf(`${RUN}-pool`, 'Conflicted')).toMatchObject({ status: 'True' });
    },
    TIMEOUT_MS,
  );

  it(
    'cannot write the status of an Egress to another one that has got its name',
    async () => {
      const path = `${EGRESSES}/${RUN}-web`;
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const { metadata } = (await client.json({ method: 'GET', path })) as EgressResource;
      await api.remove(path);
      const old = { name: metadata.name, resourceVersion: metadata.resourceVersion! };
      await expect(writeEgressStatus(client, old, { egressNode: N1 })).rejects.toMatchObject({ status: 404 });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      await expect(writeEgressStatus(client, old, { egressNode: N1 })).rejects.toMatchObject({ status: 409 });
      expect(await statusOf(`${RUN}-web`)).toEqual({});
    },
    TIMEOUT_MS,
  );

  it(
    'explains Pods, and names what it does not find',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await createPod('db-1', { role: 'db', ip: '10.244.1.6' });
      await createPod('host-1', { ip: '10.0.0.1', hostNetwork: true });
      await api.create(EGRESSES, egressOf(`${RUN}-a`));
      await api.create(EGRESSES, egressOf(`${RUN}-b`, { egressIP: '192.0.2.11' }));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      await report(controller, N2, [IP]);
      const pod = (name: string): ReturnType<typeof get> => get(controller, `/debug/pods/${NAMESPACE}/${name}`);
      await eventually('the gateway', async () => JSON.stringify(await pod('web-1')).includes('"gateway"'));
      expect(await pod('web-1')).toMatchObject({
        status: 200,
        body: {
          outcome: 'Governed',
          nodeName: N1,
          reason: `Egress ${RUN}-a governs the Pod: external traffic leaves from ${IP} on Node ${N2}.`,
          winners: [
            { egress: `${RUN}-a`, families: ['IPv4'], egressIPs: [IP], gateway: { nodeName: N2 }, realized: false },
          ],
          others: expect.arrayContaining([
            {
              egress: `${RUN}-b`,
              reason: `Egress ${RUN}-a has precedence for IPv4: it is older, or its name sorts first`,
            },
          ]) as unknown,
        },
      });
      expect((await pod('db-1')).body).toMatchObject({ outcome: 'Unselected' });
      expect((await pod('host-1')).body).toMatchObject({ outcome: 'Excluded' });
      expect(await pod('nobody')).toMatchObject({
        status: 404,
        body: { kind: 'Status', reason: 'NotFound', message: `Pod ${NAMESPACE}/nobody does not exist` },
      });
      expect(await get(controller, '/debug/nodes/nobody')).toMatchObject({ status: 404, body: { code: 404 } });
      expect((await get(controller, `/debug/nodes/${N2}`)).body).toMatchObject({ name: N2, gatewayOf: [`${RUN}-a`] });
      expect((await get(controller, `/debug/egressgroups/${RUN}-a`)).body).toMatchObject({
        gateway: { nodeName: N2 },
        nodes: [
          { nodeName: N1, progress: 'Silent', groupMembers: [{ pod: { name: 'web-1' } }] },
          { nodeName: N2, progress: 'Behind', groupMembers: [] },
        ],
      });
      const egresses = (await get(controller, '/debug/egresses')).body as { name: string }[];
      expect(egresses.map(({ name }) => name)).toEqual(expect.arrayContaining([`${RUN}-a`, `${RUN}-b`]));
    },
    TIMEOUT_MS,
  );

  it(
    'stops while agents watch it',
    async () => {
      const controller = await startOne();
      await ready(controller);
      const groups = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      await eventually('synced', () => groups.state().synced);
      const start = performance.now();
      await controller.stop();
      expect(performance.now() - start).toBeLessThan(2000);
    },
    TIMEOUT_MS,
  );
});

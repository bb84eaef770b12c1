/* eslint-disable no-restricted-properties --
   a part of *.int.test.ts, which may use the environment and the clock */
import { readdir, readFile } from 'node:fs/promises';
import type { Condition, EgressGroup, EgressResource, EgressStatus } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { ApiServer } from '@sallyport/apiserver';
import { startApiServer } from '@sallyport/apiserver';
import type { KubeClient } from '@sallyport/kube';
import { createKubeClient, KubeApiError } from '@sallyport/kube';
import { systemClock } from '@sallyport/reconcile';
import type { Reflector, Watchable } from '@sallyport/watch';
import { watchResource } from '@sallyport/watch';
import { pino } from 'pino';
import { parse } from 'yaml';
import type { ControllerConfig } from '../config.ts';
import type { Controller } from '../start-controller.ts';
import { startController } from '../start-controller.ts';

const CRDS = new URL('../../../../libs/api/crds/', import.meta.url);
export const EGRESSES = '/apis/crd.antrea.io/v1beta1/egresses';
/** Names of this run, so that it can share an API server with others. */
export const RUN = `it${process.pid}`;
export const NAMESPACE = `${RUN}-prod`;
export const [N1, N2] = [`${RUN}-n1`, `${RUN}-n2`];
export const IP = '192.0.2.10';
/** For what hangs: machines that test are busy. */
export const TIMEOUT_MS = 120_000;

const settings: ControllerConfig = {
  listenAddress: '127.0.0.1',
  port: 0,
  kubeconfig: '',
  serviceCidrs: ['10.96.0.0/16'],
  podCidrs: [],
  reportGrace: 60_000,
  bookmarkInterval: 5000,
  logLevel: 'warn',
  logFormat: 'json',
};

let apiServer: ApiServer;
export let client: KubeClient;
/** Undone in reverse order after each test. */
const cleanUps: (() => Promise<unknown>)[] = [];

export const api = {
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
      if (!(error instanceof KubeApiError && error.status === 404)) {
        throw error;
      }
    }
  },
};

export const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: unknown }[] };
}

export async function createPod(
  name: string,
  options: { role?: string; nodeName?: string; ip?: string; hostNetwork?: boolean } = {},
): Promise<void> {
  const { role = 'web', nodeName = N1, ip, hostNetwork = false } = options;
  await api.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { role } },
    spec: { nodeName, hostNetwork, containers: [{ name: 'main', image: 'none' }] },
  });
  if (ip === undefined) {
    return;
  }
  await api.patch(`${pods}/${name}/status`, {
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }] },
  });
}

export function egressOf(name: string, spec: Partial<EgressResource['spec']> = {}): unknown {
  return {
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
  };
}

export async function conditionOf(name: string, type: string): Promise<Condition | undefined> {
  return (await statusOf(name)).conditions?.find((condition) => condition.type === type);
}

export async function statusOf(name: string): Promise<EgressStatus> {
  return (
    ((await client.json({ method: 'GET', path: `${EGRESSES}/${name}` })) as EgressResource)
      .status ?? {}
  );
}

/**
 * Creates an Egress under a schema as lax as an older one may have been, which stays in force until
 * the test has ended.
 */
export async function createUnchecked(egress: unknown): Promise<void> {
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
      if (error instanceof KubeApiError && error.status === 422) {
        return undefined;
      }
      throw error;
    }
  });
}

export async function startOne(changes: Partial<ControllerConfig> = {}): Promise<Controller> {
  const controller = await startController({
    config: { ...settings, kubeconfig: apiServer.kubeconfig, ...changes },
    logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' }),
    clock: systemClock,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: Math.random,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= controller.stop());
  cleanUps.push(stop);
  return { ...controller, stop };
}

export function ready(controller: Controller): Promise<boolean> {
  return eventually('ready', async () => (await get(controller, '/readyz')).status === 200);
}

/** @param realizedNetworkVersion unless given, whatever the network is, the Node knows it. */
export async function report(
  controller: Controller,
  nodeName: string,
  addresses: readonly string[],
  realizedResourceVersion = '',
  realizedNetworkVersion = String(Number.MAX_SAFE_INTEGER),
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(
    new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/nodereports/${nodeName}`, controller.url),
    {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        apiVersion: CONTROLPLANE_GROUP_VERSION,
        kind: 'NodeReport',
        metadata: { name: nodeName },
        addresses,
        realizedResourceVersion,
        realizedNetworkVersion,
      }),
    },
  );
  return { status: response.status, body: await response.json() };
}

export function watch<T extends Watchable>(
  url: string,
  plural: string,
  nodeName?: string,
  onConnect: () => void = () => undefined,
): Reflector<T> {
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
}

/** The version that an agent which has seen everything reports as realized. */
export async function latestVersion(controller: Controller, nodeName: string): Promise<string> {
  const path = `/apis/${CONTROLPLANE_GROUP_VERSION}/egressgroups?fieldSelector=nodeName%3D${nodeName}`;
  return ((await get(controller, path)).body as { metadata: { resourceVersion: string } }).metadata
    .resourceVersion;
}

export async function get(
  controller: Controller,
  path: string,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(new URL(path, controller.url));
  return { status: response.status, body: await response.json() };
}

export function membersOf(
  reflector: Reflector<EgressGroup>,
  group: string,
): readonly string[] | undefined {
  return reflector
    .state()
    .objects.get(group)
    ?.groupMembers.map(({ pod, ips }) => `${pod.name} ${ips.join(',')}`.trim());
}

/**
 * Has an API server with two Nodes and an empty Namespace for every test of the file that calls it.
 */
export function useTestCluster(): void {
  beforeAll(async () => {
    apiServer = await startApiServer({ env: process.env, log: () => undefined });
    client = createKubeClient(apiServer.kubeconfig);
    for (const file of await readdir(CRDS)) {
      const body: unknown = parse(await readFile(new URL(file, CRDS), 'utf8'));
      try {
        await client.json({
          method: 'POST',
          path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
          body,
        });
      } catch (error) {
        if (!(error instanceof KubeApiError && error.status === 409)) {
          throw error;
        }
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
    for (const cleanUp of cleanUps.splice(0).reverse()) {
      await cleanUp();
    }
  });
}

export async function eventually<T>(
  what: string,
  attempt: () => T | false | undefined | Promise<T | false | undefined>,
  ms = 60_000,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const result = await attempt();
    if (result !== undefined && result !== false) {
      return result;
    }
    if (Date.now() > deadline) {
      throw new Error(`after ${ms} ms still not: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export async function createNode(name: string, ip: string, podCIDR: string): Promise<void> {
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
}

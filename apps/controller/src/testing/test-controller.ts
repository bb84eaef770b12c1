import type { EgressGroup } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import { systemClock } from '@sallyport/reconcile';
import type { Reflector, Watchable } from '@sallyport/watch';
import { watchResource } from '@sallyport/watch';
import { pino } from 'pino';
import type { ControllerConfig } from '../config.ts';
import type { Controller } from '../start-controller.ts';
import { startController } from '../start-controller.ts';
import { afterThisTest, kubeconfig } from './test-cluster.ts';

const settings: ControllerConfig = {
  listenAddress: '127.0.0.1',
  listenPort: 0,
  kubeconfig: '',
  serviceCidrs: ['10.96.0.0/16'],
  podCidrs: [],
  reportGrace: 60_000,
  bookmarkInterval: 5000,
  logLevel: 'warn',
  logFormat: 'json',
};

export async function startOne(changes: Partial<ControllerConfig> = {}): Promise<Controller> {
  const controller = await startController({
    config: { ...settings, kubeconfig: kubeconfig(), ...changes },
    logger: pino({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' }),
    clock: systemClock,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    random: Math.random,
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= controller.stop());
  afterThisTest(stop);
  return { ...controller, stop };
}

export function ready(controller: Controller): Promise<boolean> {
  return waitFor(
    'the controller to be ready',
    async () => (await fetch(new URL('/readyz', controller.url))).ok,
  );
}

/** @param realizedNetworkVersion default: any network version counts as applied. */
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
    onConnect,
    onError: () => undefined,
    clock: systemClock,
    random: Math.random,
    retryMs: 50,
  });
  afterThisTest(() => reflector.stop());
  return reflector;
}

/** The version that an agent reports once it has applied everything. */
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

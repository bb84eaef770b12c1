import { waitFor } from '@sallyport/kit';
import type { ObservedEgress } from '@sallyport/kube';
import { systemClock } from '@sallyport/reconcile';
import { pino } from 'pino';
import { observeCluster } from '../observe/observed-cluster.ts';
import { createStores } from '../publish/stores.ts';
import {
  afterThisTest,
  api,
  client,
  createPod,
  EGRESSES,
  egressOf,
  IP,
  N1,
  pods,
  RUN,
  statusOf,
  TIMEOUT_MS,
  useTestCluster,
} from '../testing/test-cluster.ts';
import { ControllerLoop } from './controller-loop.ts';
import { fullResolver } from './member-resolver.ts';

const NAME = `${RUN}-web`;

useTestCluster();

describe('members are resolved', () => {
  it(
    'only after a change that selection depends on',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(NAME));
      const { loop, changes, resolved } = await startLoop();
      const before = resolved();

      await api.patch(`${EGRESSES}/${NAME}/status`, { status: { egressNode: N1, egressIP: IP } });
      await waitFor('the status', () => observedBy(loop)?.status.egressNode === N1);
      const { resourceVersion } = observedBy(loop)!;
      await api.patch(`${EGRESSES}/${NAME}`, { metadata: { annotations: { note: 'one' } } });
      await waitFor('the version', () => observedBy(loop)?.resourceVersion !== resourceVersion);
      expect(await statusOf(NAME)).toEqual(observedBy(loop)?.status);
      expect(resolved()).toBe(before);

      changes.length = 0;
      await api.patch(`${pods}/web-1`, { metadata: { annotations: { note: 'one' } } });
      const conditions = [{ type: 'Ready', status: 'True' }];
      await api.patch(`${pods}/web-1/status`, { status: { conditions } });
      await api.patch(`${pods}/web-1`, { metadata: { labels: { role: 'db' } } });
      await waitFor('the label', () => loop.decision?.resolved.get(NAME)?.members.length === 0);
      expect(changes.filter((changed) => changed === 'membership')).toHaveLength(1);
      expect(resolved()).toBe(before + 1);
    },
    TIMEOUT_MS,
  );
});

/** The loop of a controller on the test's API server, which has seen the Egress and the Pod. */
async function startLoop(): Promise<{
  readonly loop: ControllerLoop;
  /** The changes that the mirror of the cluster has reported. */
  readonly changes: string[];
  /** The number of times that members were resolved. */
  readonly resolved: () => number;
}> {
  const logger = pino({ level: 'silent' });
  const cluster = observeCluster({ client, logger, clock: systemClock, random: Math.random });
  afterThisTest(() => cluster.stop());
  const changes: string[] = [];
  cluster.onChange((changed) => changes.push(changed));
  let count = 0;
  const resolver = fullResolver(() => {
    count += 1;
    return cluster.membership();
  });
  const loop = new ControllerLoop({
    config: { reportGrace: 0, podCidrs: [], serviceCidrs: [] },
    cluster,
    resolver,
    stores: createStores(1),
    clock: systemClock,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    logger,
  });
  afterThisTest(() => loop.stop());
  await waitFor(
    'the member',
    () => loop.decision?.resolved.get(NAME)?.members[0]?.ips.length === 1,
  );
  return { loop, changes, resolved: () => count };
}

function observedBy({ decision }: ControllerLoop): ObservedEgress | undefined {
  return decision?.egresses.find(({ name }) => name === NAME);
}

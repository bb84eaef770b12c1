import { waitFor } from '@sallyport/kit';
import type { ObservedEgress } from '@sallyport/kube';
import { systemClock } from '@sallyport/reconcile';
import { pino } from 'pino';
import { observeCluster } from '../observe/observed-cluster.ts';
import type { Stores } from '../publish/stores.ts';
import { createStores } from '../publish/stores.ts';
import {
  afterThisTest,
  api,
  client,
  createPod,
  EGRESSES,
  egressOf,
  N1,
  pods,
  RUN,
  statusOf,
  TIMEOUT_MS,
  useTestCluster,
} from '../testing/test-cluster.ts';
import { ControllerLoop } from './controller-loop.ts';

const NAME = `${RUN}-web`;

useTestCluster();

describe('the loop hears', () => {
  it(
    'only of changes that a decision depends on',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(NAME));
      const { loop, stores, changes } = await startLoop();
      const { version } = stores.egressGroups;

      await api.patch(`${EGRESSES}/${NAME}/status`, { status: { egressNode: N1 } });
      await waitFor('the status', () => observedBy(loop)?.status.egressNode === N1);
      const { resourceVersion } = observedBy(loop)!;
      await api.patch(`${EGRESSES}/${NAME}`, { metadata: { annotations: { note: 'one' } } });
      await waitFor('the version', () => observedBy(loop)?.resourceVersion !== resourceVersion);
      expect(await statusOf(NAME)).toEqual(observedBy(loop)?.status);

      await api.patch(`${pods}/web-1`, { metadata: { annotations: { note: 'one' } } });
      const conditions = [{ type: 'Ready', status: 'True' }];
      await api.patch(`${pods}/web-1/status`, { status: { conditions } });
      await api.patch(`${pods}/web-1`, { metadata: { labels: { role: 'db' } } });
      await waitFor('the label', () => loop.decision?.index.tally(NAME)?.effective === 0);
      expect(changes.filter((kind) => kind === 'pod')).toHaveLength(1);
      // The removal of the group, and nothing before it.
      expect(stores.egressGroups.version).toBe(version + 1);
    },
    TIMEOUT_MS,
  );
});

/** The loop of a controller on the test's API server, which has seen the Egress and the Pod. */
async function startLoop(): Promise<{
  readonly loop: ControllerLoop;
  readonly stores: Stores;
  /** The kinds of the objects that have changed since. */
  readonly changes: string[];
}> {
  const logger = pino({ level: 'silent' });
  const cluster = observeCluster({
    config: { serviceCidrs: [] },
    client,
    logger,
    clock: systemClock,
    random: Math.random,
  });
  afterThisTest(() => cluster.stop());
  const changes: string[] = [];
  cluster.subscribe({
    changed: ({ kind }) => changes.push(kind),
    listed: () => undefined,
  });
  const stores = createStores(1);
  const loop = new ControllerLoop({
    config: { reportGrace: 60_000, podCidrs: [], serviceCidrs: [] },
    cluster,
    stores,
    clock: systemClock,
    nowMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    logger,
  });
  afterThisTest(() => loop.stop());
  await waitFor('the member', () => loop.decision?.index.members(NAME, N1)[0]?.ips.length === 1);
  changes.length = 0;
  return { loop, stores, changes };
}

function observedBy({ decision }: ControllerLoop): ObservedEgress | undefined {
  return decision?.egresses.get(NAME);
}

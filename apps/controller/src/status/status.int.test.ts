import type { Condition, EgressGroup, EgressResource } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import { writeEgressStatus } from '@sallyport/kube';
import {
  api,
  client,
  conditionOf,
  createPod,
  createUnchecked,
  EGRESSES,
  egressOf,
  IP,
  N1,
  N2,
  pods,
  RUN,
  statusOf,
  TIMEOUT_MS,
  useTestCluster,
} from '../testing/test-cluster.ts';
import { latestVersion, ready, report, startOne, watch } from '../testing/test-controller.ts';

useTestCluster();

describe('the status of an Egress', () => {
  it(
    'is not realized while a Node has a pending removal',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      await report(controller, N2, [IP]);
      const groups = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      await waitFor('the gateway', () => groups.state().objects.get(`${RUN}-web`)?.gateway);
      const realized = (nodeName: string, addresses: readonly string[]): Promise<unknown> =>
        latestVersion(controller, nodeName).then((version) =>
          report(controller, nodeName, addresses, version),
        );
      const says = (status: string, message: string): Promise<boolean> =>
        waitFor(message, async () => {
          const condition = await conditionOf(`${RUN}-web`, 'Realized');
          return condition?.status === status && condition.message === message;
        });
      await realized(N2, [IP]);
      await says('False', `waiting for Nodes ${N1} to apply the latest version`);
      await realized(N1, []);
      await says('True', `applied by Nodes ${N1}, ${N2}`);
      await api.patch(`${pods}/web-1`, { metadata: { labels: { role: 'db' } } });
      await says('False', `waiting for Nodes ${N1} to apply the latest version`);
      await report(controller, N1, [], groups.state().resourceVersion);
      await says('True', `applied by Nodes ${N2}`);
    },
    TIMEOUT_MS,
  );

  it(
    'names the fault of an Egress, and does not affect the others',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-good`));
      await api.create(EGRESSES, egressOf(`${RUN}-pool`, { externalIPPool: 'blue' }));
      await createUnchecked(egressOf(`${RUN}-x-bad`, { egressIP: '10.0.300.1' }));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      await report(controller, N2, [IP]);
      await waitFor(
        'the good Egress to have a Node',
        async () => (await statusOf(`${RUN}-good`)).egressNode === N2,
      );
      const refusal = (name: string): Promise<Condition> =>
        waitFor(`the condition of ${name}`, () => conditionOf(`${RUN}-${name}`, 'IPAllocated'));
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
    'counts the Events of an IP that is lost and found again and again',
    async () => {
      const name = `${RUN}-flapping`;
      await api.create(EGRESSES, egressOf(name));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      const gatewayIs = (node: string | undefined): Promise<boolean> =>
        waitFor(`the gateway to be ${String(node)}`, async () => {
          const { egressNode, conditions } = await statusOf(name);
          return conditions !== undefined && egressNode === node;
        });
      for (let flap = 0; flap < 5; flap += 1) {
        await gatewayIs(undefined);
        await report(controller, N1, [IP]);
        await gatewayIs(N1);
        await report(controller, N1, []);
      }
      const reasons = await waitFor('all Events to be counted', async () => {
        const events = (await client.json({
          method: 'GET',
          path: '/api/v1/namespaces/default/events',
        })) as {
          items: { involvedObject: { name?: string }; reason: string; count: number }[];
        };
        const ours = events.items.filter(({ involvedObject }) => involvedObject.name === name);
        const assigned = ours.filter(({ reason }) => reason === 'Assigned');
        return assigned[0]?.count === 5 ? ours.map(({ reason }) => reason).sort() : undefined;
      });
      expect(reasons).toEqual(['Assigned', 'NoNode']);
    },
    TIMEOUT_MS,
  );

  it(
    'is not written to a re-created Egress of the same name',
    async () => {
      const path = `${EGRESSES}/${RUN}-web`;
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const { metadata } = (await client.json({ method: 'GET', path })) as EgressResource;
      await api.remove(path);
      const old = { name: metadata.name, resourceVersion: metadata.resourceVersion! };
      await expect(writeEgressStatus(client, old, { egressNode: N1 })).rejects.toMatchObject({
        status: 404,
      });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      await expect(writeEgressStatus(client, old, { egressNode: N1 })).rejects.toMatchObject({
        status: 409,
      });
      expect(await statusOf(`${RUN}-web`)).toEqual({});
    },
    TIMEOUT_MS,
  );
});

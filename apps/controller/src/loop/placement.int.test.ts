import type { Condition, EgressGroup } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import {
  api,
  client,
  conditionOf,
  createNode,
  createPod,
  EGRESSES,
  egressOf,
  IP,
  N1,
  N2,
  RUN,
  statusOf,
  TIMEOUT_MS,
  useTestCluster,
} from '../testing/test-cluster.ts';
import { ready, report, startOne, watch } from '../testing/test-controller.ts';

useTestCluster();

describe('the placement of an egress IP', () => {
  it(
    'follows the IP from Node to Node, and fails closed while none or two have it',
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
        waitFor(`the gateway to be ${nodeName ?? 'absent'}`, () => {
          const group = groups.state().objects.get(`${RUN}-web`);
          return group !== undefined && group.gateway?.nodeName === nodeName;
        });
      const assigned = (reason: string): Promise<Condition> =>
        waitFor(`IPAssigned with the reason ${reason}`, async () => {
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
        body: {
          reason: 'NotFound',
          message: expect.stringContaining(`Node ${N2} does not exist`) as string,
        },
      });
      // A Node of the same name may be a new machine, so its agent has to report again.
      await createNode(N2, '10.0.0.2', '10.244.2.0/24');
      await waitFor('the agent of n2 to connect again', () => connections > 1);
      await waitFor(
        'its report to be accepted',
        async () => (await report(controller, N2, [IP])).status === 200,
      );
      await gatewayIs(N2);
      const events = (await client.json({
        method: 'GET',
        path: '/api/v1/namespaces/default/events',
      })) as {
        items: { involvedObject: { name?: string }; reason: string }[];
      };
      const reasons = events.items.filter(
        ({ involvedObject }) => involvedObject.name === `${RUN}-web`,
      );
      expect(reasons.filter(({ reason }) => reason === 'SeveralNodes')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );
});

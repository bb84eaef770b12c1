import { waitFor } from '@sallyport/kit';
import {
  api,
  createPod,
  EGRESSES,
  egressOf,
  IP,
  N1,
  N2,
  NAMESPACE,
  RUN,
  TIMEOUT_MS,
  useTestCluster,
} from '../../testing/test-cluster.ts';
import { get, ready, report, startOne } from '../../testing/test-controller.ts';

useTestCluster();

describe('the debug endpoints', () => {
  it(
    'explain Pods, and name objects that do not exist',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await createPod('db-1', { role: 'db', ip: '10.244.1.6' });
      await createPod('host-1', { ip: '10.0.0.1', hostNetwork: true });
      await api.create(EGRESSES, egressOf(`${RUN}-a`));
      await api.create(EGRESSES, egressOf(`${RUN}-b`, { egressIP: '192.0.2.11' }));
      const controller = await startOne({ reportGrace: 0 });
      await ready(controller);
      await report(controller, N2, [IP]);
      const pod = (name: string): ReturnType<typeof get> =>
        get(controller, `/debug/pods/${NAMESPACE}/${name}`);
      await waitFor('the gateway', async () =>
        JSON.stringify(await pod('web-1')).includes('"gateway"'),
      );
      expect(await pod('web-1')).toMatchObject({
        status: 200,
        body: {
          outcome: 'selected',
          nodeName: N1,
          reason: `Egress ${RUN}-a applies to the Pod: external IPv4 traffic leaves from ${IP} on Node ${N2}.`,
          effectiveEgresses: [
            {
              egress: `${RUN}-a`,
              families: ['IPv4'],
              egressIPs: [IP],
              gateway: { nodeName: N2 },
              realized: false,
            },
          ],
          others: expect.arrayContaining([
            {
              egress: `${RUN}-b`,
              reason: `Egress ${RUN}-a overrides it for IPv4: it is older, or its name sorts first`,
            },
          ]) as unknown,
        },
      });
      expect((await pod('db-1')).body).toMatchObject({ outcome: 'unselected' });
      expect((await pod('host-1')).body).toMatchObject({ outcome: 'excluded' });
      expect(await pod('nobody')).toMatchObject({
        status: 404,
        body: {
          kind: 'Status',
          reason: 'NotFound',
          message: `Pod ${NAMESPACE}/nobody does not exist`,
        },
      });
      expect(await get(controller, '/debug/nodes/nobody')).toMatchObject({
        status: 404,
        body: { code: 404 },
      });
      expect((await get(controller, `/debug/nodes/${N2}`)).body).toMatchObject({
        name: N2,
        gatewayOf: [`${RUN}-a`],
      });
      expect((await get(controller, `/debug/egressgroups/${RUN}-a`)).body).toMatchObject({
        gateway: { nodeName: N2 },
        nodes: [
          { nodeName: N1, progress: 'silent', groupMembers: [{ pod: { name: 'web-1' } }] },
          { nodeName: N2, progress: 'behind', groupMembers: [] },
        ],
      });
      const egresses = (await get(controller, '/debug/egresses')).body as { name: string }[];
      expect(egresses.map(({ name }) => name)).toEqual(
        expect.arrayContaining([`${RUN}-a`, `${RUN}-b`]),
      );
    },
    TIMEOUT_MS,
  );
});

import type { AddressInfo } from 'node:net';
import type { EgressGroup } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import {
  api,
  conditionOf,
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
} from './testing/test-cluster.ts';
import { latestVersion, ready, report, startOne, watch } from './testing/test-controller.ts';

useTestCluster();

describe('a controller that ends', () => {
  it(
    'stops while agents watch it',
    async () => {
      const controller = await startOne();
      await ready(controller);
      const groups = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      await waitFor('the groups', () => groups.state().synced);
      // An open watch would delay the end beyond the time-out of the test.
      await controller.stop();
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
      await waitFor('the gateway', () => before.state().objects.get(`${RUN}-web`)?.gateway);
      await waitFor('the status', async () => (await statusOf(`${RUN}-web`)).egressNode);
      const group = before.state().objects.get(`${RUN}-web`);
      const { port } = first.app.server.address() as AddressInfo;
      await report(first, N1, [], await latestVersion(first, N1));
      await report(first, N2, [IP], await latestVersion(first, N2));
      await waitFor(
        'Realized to be True',
        async () => (await conditionOf(`${RUN}-web`, 'Realized'))?.status === 'True',
      );
      const realized = await conditionOf(`${RUN}-web`, 'Realized');
      const versionBefore = Number(await latestVersion(first, N2));
      await first.stop();

      const second = await startOne({ listenPort: port });
      const gateways: (string | undefined)[] = [];
      await waitFor('the agent to have the state of the new controller', () => {
        gateways.push(before.state().objects.get(`${RUN}-web`)?.gateway?.nodeName);
        return Number(before.state().resourceVersion) > versionBefore + 1000;
      });
      expect(new Set(gateways)).toEqual(new Set([N2]));
      expect(before.state().objects.get(`${RUN}-web`)).toMatchObject({
        tunnelID: group?.tunnelID,
        gateway: group?.gateway,
        groupMembers: group?.groupMembers,
      });
      // The agents repeat their latest reports, then report the versions of the new controller.
      await report(second, N2, [IP], String(versionBefore), String(versionBefore));
      await report(second, N1, [], String(versionBefore), String(versionBefore));
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
});

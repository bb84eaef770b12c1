import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import {
  api,
  client,
  conditionOf,
  createPod,
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
import {
  latestVersion,
  membersOf,
  ready,
  report,
  startOne,
  watch,
} from '../testing/test-controller.ts';

useTestCluster();

describe('the groups that the controller publishes', () => {
  it(
    'follow the cluster, Node by Node, and the status has the gateway and the progress',
    async () => {
      await createPod('web-1', { ip: '10.244.1.5' });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const controller = await startOne();
      await ready(controller);
      const groups1 = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      const groups2 = watch<EgressGroup>(controller.url, 'egressgroups', N2);
      await waitFor('n1 to see its member', () => membersOf(groups1, `${RUN}-web`));
      expect(membersOf(groups1, `${RUN}-web`)).toEqual(['web-1 10.244.1.5']);
      expect(groups1.state().objects.get(`${RUN}-web`)?.gateway).toBeUndefined();
      await waitFor('the groups of n2', () => groups2.state().synced);
      expect(groups2.state().objects.size).toBe(0);

      await report(controller, N1, ['10.0.0.1']);
      await report(controller, N2, ['10.0.0.2', IP]);
      const gateway = { nodeName: N2, nodeIP: '10.0.0.2' };
      await waitFor(
        'n1 and n2 to see the gateway',
        () =>
          [groups1, groups2].every(
            (groups) => groups.state().objects.get(`${RUN}-web`)?.gateway?.nodeName === N2,
          ) || undefined,
      );
      expect(groups2.state().objects.get(`${RUN}-web`)).toMatchObject({
        gateway,
        groupMembers: [],
        egressIPs: [IP],
      });
      await waitFor(
        'the status to name the gateway',
        async () => (await statusOf(`${RUN}-web`)).egressNode === N2,
      );
      expect(await statusOf(`${RUN}-web`)).toMatchObject({ egressIP: IP });
      expect(await conditionOf(`${RUN}-web`, 'Realized')).toMatchObject({
        status: 'False',
        reason: 'Pending',
      });

      await report(controller, N1, ['10.0.0.1'], await latestVersion(controller, N1));
      await report(controller, N2, ['10.0.0.2', IP], await latestVersion(controller, N2));
      await waitFor(
        'Realized to be True',
        async () => (await conditionOf(`${RUN}-web`, 'Realized'))?.status === 'True',
      );

      await createPod('web-2', { nodeName: N2, ip: '10.244.2.7' });
      await createPod('other', { role: 'db', ip: '10.244.1.6' });
      await waitFor('a new Pod to join', () =>
        membersOf(groups2, `${RUN}-web`)?.includes('web-2 10.244.2.7'),
      );
      await api.patch(`${pods}/web-1`, { metadata: { labels: { role: 'db' } } });
      await waitFor('a Pod to leave', () => !groups1.state().objects.has(`${RUN}-web`));
      expect(membersOf(groups2, `${RUN}-web`)).toEqual(['web-2 10.244.2.7']);
      const networks = watch<ClusterNetwork>(controller.url, 'clusternetworks');
      await waitFor('the network', () => networks.state().objects.get('default'));
      const network = networks.state().objects.get('default');
      expect(network?.serviceCIDRs).toEqual(['10.96.0.0/16']);
      expect(network?.podCIDRs).toEqual(expect.arrayContaining(['10.244.1.0/24', '10.244.2.0/24']));
      expect(network?.nodes).toContainEqual({ name: N1, ips: ['10.0.0.1'] });

      await api.remove(`${EGRESSES}/${RUN}-web`);
      await waitFor('the group to go', () => groups2.state().objects.size === 0);
    },
    TIMEOUT_MS,
  );

  it(
    'keep a terminating Pod, until another Pod has its address',
    async () => {
      const ip = '10.244.1.5';
      await createPod('old', { ip });
      await api.create(EGRESSES, egressOf(`${RUN}-web`));
      const controller = await startOne();
      await ready(controller);
      const groups = watch<EgressGroup>(controller.url, 'egressgroups', N1);
      await waitFor('the Pod to join', () => membersOf(groups, `${RUN}-web`));
      await client.json({
        method: 'DELETE',
        path: `${pods}/old`,
        query: { gracePeriodSeconds: '600' },
      });
      await createPod('other', { ip: '10.244.1.6' });
      await waitFor('another Pod to join', () =>
        membersOf(groups, `${RUN}-web`)?.includes('other 10.244.1.6'),
      );
      expect(membersOf(groups, `${RUN}-web`)).toContain(`old ${ip}`);
      await createPod('new', { role: 'db', ip });
      await waitFor(
        'the address to leave the group',
        () => !membersOf(groups, `${RUN}-web`)?.includes(`old ${ip}`),
      );
    },
    TIMEOUT_MS,
  );
});

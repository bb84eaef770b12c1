import { change } from '@sallyport/lab';
import type { World } from '../world.ts';
import {
  applyEgress,
  cleanUp,
  each,
  getEgress,
  IP,
  OTHER_IP,
  says,
  untilRealized,
  untilStatus,
} from '../world.ts';

export function conflicts(world: () => World): void {
  describe('two Egresses on one Pod', () => {
    afterEach(() => cleanUp(world()));

    it('the older wins on every Node and after a restart, the other says so, and takes over when it is alone', async () => {
      const { cluster, sallyport, web } = world();
      const pods = [web.n1, web.n2, web.n3];
      await cluster.node('n2').addAddress(IP);
      await cluster.node('n3').addAddress(OTHER_IP);
      // Named so that the younger sorts first: age goes before name.
      await applyEgress(world(), 'z-older');
      await untilRealized(world(), 'z-older');
      // creationTimestamp has whole seconds.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      await applyEgress(world(), 'a-younger', { egressIP: OTHER_IP });
      const isConflicted = says('Conflicted', 'True', 'z-older');
      await untilStatus(world(), 'a-younger', isConflicted, 'Conflicted with z-older');

      const allLeaveWith = (ip: string, phase: string): Promise<void> =>
        cluster.sniffer.phase(phase, each([ip, web.n1], [ip, web.n2], [ip, web.n3]), async () => {
          for (const pod of pods) {
            expect(await pod.request()).toBe(ip);
          }
        });
      await allLeaveWith(IP, 'both are there');
      await sallyport.controller.kill();
      await sallyport.controller.start();
      await sallyport.untilReady();
      await allLeaveWith(IP, 'after a restart of the controller');
      expect(isConflicted((await getEgress(world(), 'a-younger')).status ?? {})).toBe(true);

      const traffic = await Promise.all(pods.map((pod) => pod.startTraffic()));
      try {
        const handOver = pods.map(({ flow }) => ({ flow, expect: change(IP, OTHER_IP) }));
        await cluster.sniffer.phase('the older one goes', handOver, async () => {
          await Promise.all(traffic.map((one) => one.more(1)));
          await cluster.kubectl(['delete', 'egress', 'z-older']);
          await untilStatus(
            world(),
            'a-younger',
            (status) => !isConflicted(status),
            'not Conflicted',
          );
          await Promise.all(traffic.map((one) => one.untilSource(OTHER_IP)));
        });
      } finally {
        await Promise.all(traffic.map((one) => one.stop()));
      }
      await allLeaveWith(OTHER_IP, 'the older one is gone');
    });
  });
}

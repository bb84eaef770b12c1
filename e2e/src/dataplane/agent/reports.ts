import { waitFor } from '@sallyport/kit';
import type { AgentLab } from '../agent-lab.ts';
import { group, here, IP, there } from './samples.ts';

/** The agent reports addresses and failures. */
export function reports(lab: () => AgentLab): void {
  it('reports an address when it changes, of loopback too, and none of Pods or its own', async () => {
    const reports =
      (ip: string, present: boolean) =>
      ({ addresses }: { readonly addresses: readonly string[] }): boolean =>
        addresses.includes(ip) === present;
    await lab().realize();
    await lab().script(
      'ip addr add 192.168.77.99/32 dev lo; ip link add veth0 up type veth peer name veth1; ip addr add 10.244.1.1/32 dev veth0',
    );
    for (const present of [true, false]) {
      await lab().onNode('ip', 'addr', present ? 'add' : 'del', `${IP}/32`, 'dev', 'eth0');
      await lab().untilReported(`${IP} to be reported`, reports(IP, present));
      expect(lab().controller.lastReport?.addresses).toEqual(
        present ? ['192.168.77.11', IP, '192.168.77.99'] : ['192.168.77.11', '192.168.77.99'],
      );
    }
  }, 300_000);

  it('repeats its report when it is connected again', async () => {
    await lab().realize(here);
    lab().controller.discardReports();
    await lab().untilReported('the same to be reported again', ({ addresses }) =>
      addresses.includes('192.168.77.11'),
    );
  }, 300_000);

  it('reports a failed operation with the words of the tool, and applies it when the tool works', async () => {
    await lab().realize(here);
    await lab().onNode('sh', '-c', 'kill $(cat /run/openvswitch/ovs-vswitchd.pid)');
    expect(await lab().addressOf('10.244.1.16')).toBe('192.168.77.11');
    const withAnother = group('here', 77, IP, 'n1', ['10.244.1.11', '10.244.1.16']);
    lab().controller.publishGroups('n1', [withAnother, there]);
    const { realizedResourceVersion } = await lab().untilReported(
      'the failure of ovs-ofctl',
      ({ failure = '' }) => failure.includes('ovs-ofctl'),
    );
    // A Pod that was selected meanwhile waits; one that was selected before does not.
    await waitFor(
      'the newly selected Pod to be blocked',
      async () => (await lab().addressOf('10.244.1.16')) === 'dropped',
    );
    expect(await lab().addressOf('10.244.1.11')).toBe(IP);
    expect(Number(realizedResourceVersion)).toBeLessThan(
      lab().controller.publishGroups('n1', [withAnother, there]),
    );
    await lab().script(
      'ovs-vswitchd unix:/run/openvswitch/db.sock --detach --pidfile --log-file -vconsole:off',
    );
    await lab().realize(withAnother, there);
    expect(await lab().addressOf('10.244.1.16')).toBe(IP);
    expect(await lab().plannedOperations()).toBe('');
  }, 300_000);
}

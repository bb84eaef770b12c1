import { waitFor } from '@sallyport/kit';
import { network, there } from '../dataplane/agent/samples.ts';
import { ContainerLab } from './container-lab.ts';

const READY_MS = 300_000;

let lab: ContainerLab;

beforeAll(async () => {
  lab = await ContainerLab.start();
}, 600_000);

afterAll(async () => {
  await (lab as ContainerLab | undefined)?.close();
}, 60_000);

describe('the containers, as the chart runs them,', () => {
  it('start Open vSwitch where the Node has none', async () => {
    await lab.run('ovs', 'switch');
    await lab.run('ovs', 'database');
    await untilReady('database', 'database');
    await untilReady('switch', 'switch');
  }, 600_000);

  it('start an agent that programs the Node without being privileged', async () => {
    lab.controller.publishNetwork(network);
    const version = lab.controller.publishGroups('n1', [there]);
    await lab.run('agent', 'agent');
    const realized = await waitFor(
      'the agent to realize the group',
      () => {
        const report = lab.controller.lastReport;
        return report?.realizedResourceVersion === String(version) ? report : undefined;
      },
      { timeoutMs: READY_MS, actual: () => lab.log },
    );
    expect(realized.failure).toBeUndefined();
    expect(realized.faults ?? []).toEqual([]);
    expect(await lab.onNode('ovs-vsctl', 'list-br')).toBe('br-egress\n');
    expect(await lab.onNode('nft', 'list', 'tables')).toContain('table inet sallyport');
    // Written through the mount of /proc/sys/net, of the network namespace of the Node.
    const settings = '/proc/sys/net/ipv4/conf/egress-gw0';
    const written = await lab.onNode('cat', `${settings}/rp_filter`, `${settings}/src_valid_mark`);
    expect(written).toBe('2\n1\n');
  }, 600_000);

  it('leave an Open vSwitch alone that answers', async () => {
    await lab.run('ovs', 'switch', 'second-switch');
    await lab.run('ovs', 'database', 'second-database');
    for (const id of ['second-switch', 'second-database']) {
      await waitFor(`${id} to wait`, () => lab.log.includes(`${id}: Open vSwitch of this Node`), {
        timeoutMs: READY_MS,
        actual: () => lab.log,
      });
    }
    await untilReady('second-switch', 'switch');
    expect(await lab.onNode('ovs-vsctl', 'list-br')).toBe('br-egress\n');
  }, 600_000);
});

function untilReady(id: string, part: string): Promise<unknown> {
  return waitFor(
    `${id} to be ready`,
    () => lab.probe(id, '/usr/local/bin/ovs-start', 'ready', part),
    { timeoutMs: READY_MS, actual: () => lab.log },
  );
}

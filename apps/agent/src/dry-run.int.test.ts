import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ClusterNetwork, EgressGroup } from '@sallyport/api';
import { runCommand } from '@sallyport/command';
import { parseConfig } from '@sallyport/config';
import { FakeConntrack } from '@sallyport/conntrack/testing';
import type { InterfaceAddress } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import { FakeNetfilter } from '@sallyport/netfilter/testing';
import { FakeOvs } from '@sallyport/ovs/testing';
import { systemClock } from '@sallyport/reconcile';
import { FakeRouting } from '@sallyport/rtnetlink/testing';
import { pino } from 'pino';
import { agentOptions, ENV_PREFIX } from './config.ts';
import type { DryRunDependencies } from './dry-run.ts';
import { dryRun } from './dry-run.ts';
import { kernelDataplane } from './pass/kernel-dataplane.ts';

const apiVersion = 'controlplane.antrea.io/v1beta2';
const network: ClusterNetwork = {
  apiVersion,
  kind: 'ClusterNetwork',
  metadata: { name: 'default', resourceVersion: '5' },
  nodes: [{ name: 'n1', ips: ['192.168.77.11'] }],
  podCIDRs: ['10.244.0.0/16'],
  serviceCIDRs: [],
};
const address: InterfaceAddress = {
  ip: '192.168.77.11',
  device: 'eth0',
  up: true,
  loopback: false,
  mtu: 1500,
};

interface Fixture {
  readonly run: () => Promise<number>;
  readonly stopping: AbortController;
  readonly printed: string[];
  readonly logged: { readonly msg: string }[];
}

describe('dryRun', () => {
  let controller: Server;
  let groups: readonly EgressGroup[];

  beforeEach(async () => {
    groups = [];
    controller = createServer(({ url = '' }, response) => {
      const objects = url.includes('/clusternetworks') ? [network] : groups;
      const events = objects.map((object) => ({ type: 'ADDED', object }));
      const annotations = { 'k8s.io/initial-events-end': 'true' };
      const end = { type: 'BOOKMARK', object: { metadata: { resourceVersion: '9', annotations } } };
      response.write([...events, end].map((event) => `${JSON.stringify(event)}\n`).join(''));
    }).listen(0, '127.0.0.1');
    await once(controller, 'listening');
  });

  afterEach(async () => {
    controller.closeAllConnections();
    controller.close();
    await once(controller, 'close');
  });

  it('prints the operations once, although an input changes while it ends', async () => {
    const fixture = setUp({
      watchAddresses: ({ onChange }) => {
        onChange([address]);
        return {
          async close() {
            onChange([address, { ...address, ip: '192.168.77.200' }]);
            // Longer than the loop's least interval between passes.
            await new Promise<void>((resolve) => systemClock.after(200, resolve));
          },
        };
      },
    });
    expect(await fixture.run()).toBe(0);
    const ops = fixture.printed.map((line) => (JSON.parse(line) as { op: string }).op);
    expect(ops.filter((op) => op === 'ensure-bridge')).toHaveLength(1);
    expect(fixture.logged).toEqual([]);
  });

  it('warns of the parts that the Node cannot realize', async () => {
    groups = [groupOf('a'), groupOf('b')];
    const fixture = setUp({});
    expect(await fixture.run()).toBe(0);
    expect(fixture.printed).not.toEqual([]);
    expect(fixture.logged).toMatchObject([
      {
        level: 40,
        egress: 'b',
        fault: expect.stringContaining('tunnel id of Egress a') as unknown,
      },
    ]);
  });

  it('ends with 1 when it is stopped before it has printed', async () => {
    const fixture = setUp({ watchAddresses: () => ({ close: () => Promise.resolve() }) });
    const running = fixture.run();
    fixture.stopping.abort();
    await expect(running).rejects.toMatchObject({
      exitStatus: 1,
      message: expect.stringMatching(/^no dry run yet: still waiting for .*addresses/) as unknown,
    });
    expect(fixture.printed).toEqual([]);
  });

  it('ends with 1 and the reason when no pass succeeds in time', async () => {
    const dataplane = { observe: () => Promise.reject(new Error('ovs-ofctl: no')) };
    const fixture = setUp({ dataplane }, '--dry-run-timeout=1s');
    await expect(fixture.run()).rejects.toMatchObject({
      exitStatus: 1,
      message: 'no dry run within 1s: the last pass failed: ovs-ofctl: no',
    });
  });

  it('ends at once when a tool is missing', async () => {
    const dataplane = { observe: () => runCommand(['no-such-tool', 'dump']) as Promise<never> };
    const fixture = setUp({ dataplane });
    await expect(fixture.run()).rejects.toMatchObject({
      exitStatus: 1,
      message:
        'no dry run: the last pass failed: no-such-tool dump: could not be started: spawn no-such-tool ENOENT',
    });
  });

  function setUp(changed: Partial<DryRunDependencies>, limit = '--dry-run-timeout=60s'): Fixture {
    const stopping = new AbortController();
    const printed: string[] = [];
    const logged: { msg: string }[] = [];
    const { port } = controller.address() as AddressInfo;
    const deps: DryRunDependencies = {
      config: parseConfig(agentOptions, {
        argv: [`--controller-url=http://127.0.0.1:${port}`, '--node-name=n1', limit],
        env: {},
        envPrefix: ENV_PREFIX,
      }),
      logger: pino({}, { write: (line) => logged.push(JSON.parse(line) as { msg: string }) }),
      stop: stopping.signal,
      clock: systemClock,
      nowMs: () => 0,
      monotonicMs: () => 0,
      random: () => 0,
      dataplane: kernelDataplane({
        conntrack: new FakeConntrack(defaultMarks),
        ovs: new FakeOvs(),
        netfilter: new FakeNetfilter(defaultMarks),
        routing: new FakeRouting(),
      }),
      watchAddresses: ({ onChange }) => {
        onChange([address]);
        return { close: () => Promise.resolve() };
      },
      print: (line) => printed.push(line),
      ...changed,
    };
    return { run: () => dryRun(deps), stopping, printed, logged };
  }
});

function groupOf(name: string): EgressGroup {
  return {
    apiVersion,
    kind: 'EgressGroup',
    metadata: { name, resourceVersion: '7' },
    tunnelID: 1,
    egressIPs: ['192.168.77.200'],
    gateway: { nodeName: 'n1', nodeIP: '192.168.77.11' },
    groupMembers: [],
  };
}

import type { LabNode } from '@sallyport/lab';
import { change } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, cleanUp, each, IP, OTHER_IP, untilRealized, untilStatus } from '../world.ts';

export function restarts(world: () => World): void {
  describe('restarts', () => {
    beforeEach(async () => {
      await world().cluster.node('n2').addAddress(IP);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
    });

    afterEach(() => cleanUp(world()));

    agentRestarts(world);
    controllerRestarts(world);
    missedByController(world);
    missedByAgent(world);
  });
}

function agentRestarts(world: () => World): void {
  it.each(['n1', 'n2'] as const)('the agent of %s is stopped and started', async (node) => {
    const agent = world().sallyport.agent(node);
    await survives(world(), async () => {
      await agent.stop();
      await agent.start();
      await world().sallyport.untilReady();
    });
  });

  it('all agents crash and come back', async () => {
    const { cluster, sallyport } = world();
    await survives(world(), async () => {
      const agents = cluster.nodes.map(({ name }) => sallyport.agent(name));
      await Promise.all(agents.map((agent) => agent.kill()));
      await Promise.all(agents.map((agent) => agent.start()));
      await sallyport.untilReady();
    });
  });
}

/**
 * New connections and an old one all live through `restart`, and nothing of ours on any Node is
 * another afterwards, or was written again.
 */
async function survives(world: World, restart: () => Promise<void>): Promise<void> {
  const { cluster, web } = world;
  const pods = [web.n1, web.n2];
  const dataplanes = await Promise.all(cluster.nodes.map(dataplaneOf));
  const nodes = pods.map((pod) => cluster.node(pod.node));
  const standing = await Promise.all(
    nodes.map(async (node) => ({ node, before: await standingOf(node) })),
  );
  // Programs that start make an emulated machine slow. Only losses count.
  const traffic = await Promise.all(pods.map((pod) => pod.startTraffic({ timeoutMs: 60_000 })));
  const streams = await Promise.all(pods.map((pod) => pod.openStream()));
  try {
    await cluster.sniffer.phase('restart', each([IP, web.n1], [IP, web.n2]), async () => {
      await restart();
      await untilRealized(world, 'egress-web');
      await Promise.all(traffic.map((one) => one.more(5)));
    });
    expect(traffic.map((one) => one.failures)).toEqual([[], []]);
    expect(streams.map((stream) => stream.isClosed)).toEqual([false, false]);
  } finally {
    await Promise.all([
      ...traffic.map((one) => one.stop()),
      ...streams.map((stream) => stream.close()),
    ]);
  }
  expect(await Promise.all(cluster.nodes.map(dataplaneOf))).toEqual(dataplanes);
  for (const { node, before } of standing) {
    const { lastFlowAt } = await standingOf(node);
    expect(lastFlowAt).toBeLessThan(before.seenAt);
  }
}

function controllerRestarts(world: () => World): void {
  it('the controller crashes and comes back', async () => {
    const { sallyport } = world();
    await survives(world(), async () => {
      await sallyport.controller.kill();
      await sallyport.controller.start();
      await sallyport.untilReady();
    });
  });
}

function missedByController(world: () => World): void {
  it('changes made while the controller was away are applied when it is back', async () => {
    const { cluster, sallyport, web } = world();
    await cluster.node('n3').addAddress(OTHER_IP);
    await sallyport.controller.stop();
    await applyEgress(world(), 'egress-web', { egressIP: OTHER_IP });
    await cluster.sniffer.phase('without a controller', each([IP, web.n1]), async () => {
      expect(await web.n1.request()).toBe(IP);
    });
    await sallyport.controller.start();
    await sallyport.untilReady();
    await untilStatus(
      world(),
      'egress-web',
      ({ egressNode }) => egressNode === 'n3',
      'n3 is the gateway of the other IP',
    );
    await untilRealized(world(), 'egress-web');
    await cluster.sniffer.phase('with it', each([OTHER_IP, web.n1]), async () => {
      expect(await web.n1.request()).toBe(OTHER_IP);
    });
  });
}

function missedByAgent(world: () => World): void {
  it('changes made while an agent was away are applied when it is back', async () => {
    const { cluster, sallyport, web } = world();
    const agent = sallyport.agent('n1');
    const nodeIP = cluster.node('n1').ip;
    const traffic = await web.n1.startTraffic();
    try {
      await cluster.sniffer.phase('without the agent', each([IP, web.n1]), async () => {
        await agent.kill();
        await cluster.kubectl(['delete', 'egress', 'egress-web']);
        await traffic.more(5);
      });
      await cluster.sniffer.phase(
        'with it',
        [{ flow: web.n1.flow, expect: change(IP, nodeIP) }],
        async () => {
          await agent.start();
          await sallyport.untilReady();
          await traffic.untilSource(nodeIP);
        },
      );
      await cluster.sniffer.phase('afterwards', each([nodeIP, web.n1]), () => traffic.more(5));
    } finally {
      await traffic.stop();
    }
  });
}

/** Everything of ours on a Node, as the tools print it, without the counters of packets. */
async function dataplaneOf(node: LabNode): Promise<string> {
  const { stdout } = await node.script(
    [
      'ovs-ofctl -O OpenFlow15 --no-stats dump-flows br-egress | sort',
      'ovs-ofctl -O OpenFlow15 dump-groups br-egress | sort',
      // With the handles, so that rules that were made again differ.
      'for table in sallyport sallyport-guard; do nft -sa list table inet $table; done',
      "iptables-save | grep -e '^\\*' -e SALLYPORT",
      'ip rule show; ip route show table 7101; ip route show table 7102; ip address show egress-gw0',
    ].join('\n'),
  );
  return stdout;
}

/**
 * One look at a Node: its time and that of the last flow, both in seconds since the guest booted.
 * Rewritten flows are younger.
 */
async function standingOf(node: LabNode): Promise<{
  readonly seenAt: number;
  readonly lastFlowAt: number;
}> {
  const { stdout: uptime } = await node.script('cat /proc/uptime');
  const { stdout: flows } = await node.script('ovs-ofctl -O OpenFlow15 dump-flows br-egress');
  const seenAt = Number.parseFloat(uptime);
  const ages = [...flows.matchAll(/duration=([\d.]+)s/g)].map(([, seconds]) => Number(seconds));
  return { seenAt, lastFlowAt: seenAt - Math.min(...ages) };
}

import { waitFor } from '@sallyport/kit';
import type { LabPod } from '@sallyport/lab';
import { EXTERNAL_SERVER, LOAD_BALANCER_IP } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, cleanUp, each, IP, untilNoPodIsRedirected, untilRealized } from '../world.ts';

const CLUSTER_IP = '10.96.0.10';
const NODE_PORT = 30080;

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'server', namespace: 'default' },
  spec: {
    type: 'LoadBalancer',
    clusterIP: CLUSTER_IP,
    loadBalancerIP: LOAD_BALANCER_IP,
    selector: { app: 'server' },
    ports: [{ name: 'http', port: 80, targetPort: 80, nodePort: NODE_PORT, protocol: 'TCP' }],
  },
};

export function destinations(world: () => World): void {
  describe('cluster-internal destinations', () => {
    beforeAll(async () => {
      await world().cluster.apply([service]);
      await world().cluster.untilServiceReady('server');
    });

    afterAll(async () => {
      await world().cluster.kubectl(['delete', 'service', 'server', '--ignore-not-found']);
    });

    afterEach(() => cleanUp(world()));

    areReached(world);
    keepConnections(world);
    answerThroughNodePort(world);
    receiveLargePackets(world);
  });
}

function areReached(world: () => World): void {
  it('are reached by selected Pods as before, through Services and without', async () => {
    const { cluster, web } = world();
    await cluster.node('n2').addAddress(IP);
    const pods = [web.n1, web.n2, web.n3];
    const before = await Promise.all(pods.map((pod) => sourcesSeen(world(), pod)));
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    expect(await Promise.all(pods.map((pod) => sourcesSeen(world(), pod)))).toEqual(before);
    expect(before[0]).toMatchObject({ ClusterIP: web.n1.ip, Pod: web.n1.ip });
    for (const pod of pods) {
      for (const node of cluster.nodes) {
        await pod.ping(node.ip);
      }
    }
    await cluster.sniffer.phase(
      'the external server at the same time',
      each([IP, web.n1]),
      async () => {
        expect(await web.n1.request()).toBe(IP);
      },
    );
  });
}

/** The source of each kind of request, as the server in the cluster sees it. */
async function sourcesSeen(
  { server, cluster }: World,
  pod: LabPod,
): Promise<Readonly<Record<string, string>>> {
  const urls = {
    ClusterIP: `http://${CLUSTER_IP}`,
    LoadBalancer: `http://${LOAD_BALANCER_IP}`,
    NodePort: `http://${cluster.node('n2').ip}:${NODE_PORT}`,
    Pod: `http://${server.ip}`,
  };
  const answers = await Promise.all(
    Object.entries(urls).map(async ([kind, url]) => [kind, await pod.request(url)] as const),
  );
  return Object.fromEntries(answers);
}

function keepConnections(world: () => World): void {
  it('keep their connections, new ones and an old one, while an Egress comes and goes', async () => {
    const { cluster, web } = world();
    await cluster.node('n2').addAddress(IP);
    const traffic = await web.n1.startTraffic({ url: `http://${CLUSTER_IP}`, timeoutMs: 60_000 });
    const stream = await web.n1.openStream({ server: { ip: CLUSTER_IP, port: 80 } });
    /** New connections are made, and the old one still carries data. */
    const goOn = async (): Promise<void> => {
      const lines = stream.timesMs.length;
      await traffic.more(5);
      await waitFor(
        'the old connection to carry two more lines',
        () => stream.isClosed || stream.timesMs.length > lines + 1,
      );
      expect(stream.isClosed).toBe(false);
    };
    try {
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
      await goOn();
      await cluster.kubectl(['delete', 'egress', 'egress-web']);
      await untilNoPodIsRedirected(cluster);
      await goOn();
    } finally {
      await Promise.all([traffic.stop(), stream.close()]);
    }
    expect(traffic.failures).toEqual([]);
    expect(traffic.sources).toEqual([web.n1.ip]);
  });
}

function answerThroughNodePort(world: () => World): void {
  it('selected Pods answer requests through a NodePort', async () => {
    const { cluster, server } = world();
    await cluster.node('n2').addAddress(IP);
    await applyEgress(world(), 'egress-server', {
      appliedTo: { podSelector: { matchLabels: { app: 'server' } } },
    });
    await untilRealized(world(), 'egress-server');
    for (const node of cluster.nodes) {
      expect(await cluster.external.request(`http://${node.ip}:${NODE_PORT}`)).toMatch(
        /^(192\.168\.77\.|10\.244\.|203\.0\.113\.)/,
      );
    }
    await cluster.sniffer.phase('the server as a client', each([IP, server]), async () => {
      expect(await server.request()).toBe(IP);
    });
  });
}

function receiveLargePackets(world: () => World): void {
  it('large packets get through the tunnel, and the Pod learns its MTU', async () => {
    const { cluster, web } = world();
    await cluster.node('n2').addAddress(IP);
    await applyEgress(world(), 'egress-web');
    await untilRealized(world(), 'egress-web');
    const ping = (options: string): Promise<{ stdout: string }> =>
      cluster.guest.script(`ping -n -c 2 -W 2 ${options} ${EXTERNAL_SERVER.ip} 2>&1 || true`, {
        netns: web.n1.netns,
      });
    expect((await ping('-s 1472 -M do')).stdout).toMatch(/mtu ?= ?1450/);
    expect((await ping('-s 3000 -M dont')).stdout).toContain('2 received');
  });
}

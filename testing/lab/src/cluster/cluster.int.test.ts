import { waitFor } from '@sallyport/kit';
import { podIPFromCniResult, renderCniAdd, renderCniDel } from '../kubernetes/cni.ts';
import {
  API_SERVER,
  CONTROLLER,
  EXTERNAL_SERVER,
  LOAD_BALANCER_IP,
  nodeAddresses,
} from '../network/address-plan.ts';
import { only } from '../traffic/expectation.ts';
import { PacketError } from '../traffic/sniffer.ts';
import type { Cluster } from './cluster.ts';
import { createCluster } from './create-cluster.ts';
import type { LabNode } from './node.ts';
import type { LabPod } from './pod.ts';

// The first run downloads Debian packages and builds the guest's root.
const SET_UP_TIMEOUT_MS = 900_000;
import.meta.jest.setTimeout(180_000);

let cluster: Cluster;
let client: LabPod;
let neighbour: LabPod;
let servers: readonly LabPod[];
let starting: Promise<Cluster> | undefined;
const interruption = new AbortController();

beforeAll(async () => {
  const log = (message: string) => process.stderr.write(`${message}\n`);
  starting = createCluster({ nodes: 3, log, signal: interruption.signal });
  cluster = await starting;
  const [first, second, ...others] = await cluster.createPods([
    { name: 'client', node: 'n1' },
    { name: 'neighbour', node: 'n2' },
    { name: 'web-1', node: 'n1', labels: { app: 'web' }, serves: [8080] },
    { name: 'web-3', node: 'n3', labels: { app: 'web' }, serves: [8080] },
  ]);
  [client, neighbour, servers] = [first!, second!, others];
  await cluster.apply([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.10',
        selector: { app: 'web' },
        ports: [
          { name: 'tcp', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
          { name: 'udp', protocol: 'UDP', port: 80, targetPort: 8080, nodePort: 30080 },
        ],
      },
    },
  ]);
  await cluster.untilServiceReady('web');
}, SET_UP_TIMEOUT_MS);

afterAll(async () => {
  // Also closes a cluster that is still starting, when the set-up took too long.
  interruption.abort();
  const started = await starting?.catch(() => undefined);
  await started?.close();
}, SET_UP_TIMEOUT_MS);

describe('traffic to the external network', () => {
  it("leaves with the Node's IP, over TCP, UDP and ICMP", async () => {
    const expectations = [{ flow: client.flow, expect: only('192.168.77.11') }];
    await cluster.sniffer.phase('a Pod on n1', expectations, async () => {
      expect(await client.request()).toBe('192.168.77.11');
      expect(await client.requestUDP()).toBe('192.168.77.11');
      await client.ping();
    });
    const pings = cluster.sniffer.packets.filter(({ line }) => line.includes('ICMP echo request'));
    expect(pings.map(({ source }) => source)).toEqual(['192.168.77.11']);
  });

  it('is recognised by sender, and each has a timeline', async () => {
    const flows = await Promise.all([client.startTraffic(), neighbour.startTraffic()]);
    const expectations = [
      { flow: client.flow, expect: only('192.168.77.11') },
      { flow: neighbour.flow, expect: only('192.168.77.12') },
    ];
    await cluster.sniffer.phase('two Pods', expectations, () =>
      Promise.all(flows.map((flow) => flow.more(5))),
    );
    await Promise.all(flows.map((flow) => flow.stop()));
    expect(flows.map(({ sources }) => sources)).toEqual([['192.168.77.11'], ['192.168.77.12']]);
  });

  it('may be a long-lived connection, whichever side talks', async () => {
    const streams = await Promise.all([
      client.openStream({ mode: 'echo' }),
      client.openStream({ mode: 'push' }),
    ]);
    await waitFor('five lines', () => streams.every(({ timesMs }) => timesMs.length >= 5));
    expect(await Promise.all(streams.map((stream) => stream.source()))).toEqual([
      '192.168.77.11',
      '192.168.77.11',
    ]);
    expect(streams.map(({ isClosed }) => isClosed)).toEqual([false, false]);
    await Promise.all(streams.map((stream) => stream.close()));
  });
});

describe('the sniffer', () => {
  it('fails a phase when a packet has another source than expected', async () => {
    const phase = cluster.sniffer.phase(
      'wrong',
      [{ flow: client.flow, expect: only('192.168.77.200') }],
      () => client.request(),
    );
    const error = await phase.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PacketError);
    expect(String(error)).toContain(
      'default/client: expected only 192.168.77.200, but a packet came from 192.168.77.11',
    );
  });

  it('misses nothing while it does not get the processor', async () => {
    const count = 1000;
    const before = cluster.sniffer.packets.length;
    await cluster.sniffer.phase('burst', [], () =>
      cluster.guest.script(
        `pkill -STOP -x tcpdump
        nsenter --net=/run/netns/n1 bash -c 'for i in $(seq ${String(count)}); do echo >/dev/udp/${EXTERNAL_SERVER.ip}/9; done'
        pkill -CONT -x tcpdump`,
      ),
    );
    const burst = cluster.sniffer.packets
      .slice(before)
      .filter(({ line }) => line.includes(`${EXTERNAL_SERVER.ip}.9: `));
    expect(burst).toHaveLength(count);
  });

  it('fails a phase when a sender is not named', async () => {
    const phase = cluster.sniffer.phase('unnamed', [], () => client.request());
    await expect(phase).rejects.toThrow('traffic of default/client, but this phase expects none');
  });

  it('fails a phase when a Pod IP leaves the cluster', async () => {
    await cluster.node('n1').script(`iptables -t nat -I POSTROUTING -s ${client.ip} -j ACCEPT`);
    const phase = cluster.sniffer.phase(
      'leak',
      [{ flow: client.flow, expect: only('192.168.77.11') }],
      () => client.request(undefined, 500).catch(() => undefined),
    );
    await expect(phase).rejects.toThrow(
      `a Pod IP left the cluster, ${client.ip} (traffic of default/client)`,
    );
    await cluster.node('n1').script(`iptables -t nat -D POSTROUTING -s ${client.ip} -j ACCEPT`);
  });

  it('fails a phase when a Pod IP left the cluster before it', async () => {
    await cluster.node('n1').script(`iptables -t nat -I POSTROUTING -s ${client.ip} -j ACCEPT`);
    await client.request(undefined, 500).catch(() => undefined);
    await cluster.node('n1').script(`iptables -t nat -D POSTROUTING -s ${client.ip} -j ACCEPT`);
    const phase = cluster.sniffer.phase('silence', [], () => Promise.resolve());
    await expect(phase).rejects.toThrow(
      `before the phase, a Pod IP left the cluster, ${client.ip}`,
    );
  });
});

describe('traffic inside of the cluster', () => {
  it('keeps the Pod IP on its way to Pods on the same and on another Node', async () => {
    const seen = await Promise.all(servers.map(({ ip }) => client.request(`http://${ip}:8080`)));
    expect(seen).toEqual([client.ip, client.ip]);
  });

  it('keeps the Pod IP on its way to a ClusterIP', async () => {
    expect(await client.request('http://10.96.0.10')).toBe(client.ip);
    expect(await client.requestUDP('10.96.0.10', 80)).toBe(client.ip);
  });

  it('reaches the load balancer and every NodePort, from Pods and from outside', async () => {
    const urls = [
      `http://${LOAD_BALANCER_IP}`,
      ...cluster.nodes.map(({ ip }) => `http://${ip}:30080`),
    ];
    const seen = await Promise.all(urls.map((url) => cluster.external.request(url)));
    // kube-proxy masquerades these requests: the server sees the Node that took them in. It sees
    // the Node's address toward the server, which is the end of its cable if the server runs there.
    const entrances = ['n1', ...cluster.nodes.map(({ name }) => name)].map((name) =>
      cluster.node(name),
    );
    for (const [index, node] of entrances.entries()) {
      expect([node.ip, gatewayOf(node)]).toContain(seen[index]);
    }
    expect(await Promise.all(urls.map((url) => neighbour.request(url)))).not.toContain('');
  });
});

describe('a Pod', () => {
  const MANIFEST = `
apiVersion: v1
kind: Pod
metadata:
  name: late
spec:
  nodeName: n2
  containers: [{ name: main, image: whatever }]
`;

  it('that kubectl creates later is wired, and unwired when it is deleted', async () => {
    await cluster.apply(MANIFEST);
    const late = await cluster.pod('late');
    expect(late.ip).toMatch(/^10\.244\.2\./);
    expect(await late.request()).toBe('192.168.77.12');

    const wiring = () =>
      cluster.guest.script(
        `ip netns list; ip -n n2 route show ${late.ip}; ls /run/sallyport/n2/cni/kindnet`,
      );
    expect((await wiring()).stdout).toContain(late.netns);
    await cluster.kubectl(['delete', 'pod', 'late', '--timeout=20s']);
    const { stdout } = await wiring();
    expect(stdout).not.toContain(late.netns);
    expect(stdout).not.toContain(late.ip);
  });

  it('is wired though an attempt before, which was killed, has left all that it made', async () => {
    const [, node] = nodeAddresses(2);
    const attachment = { node: node!, netns: 'pod-again', containerID: 'wired-again' };
    const addresses = async () =>
      (
        await cluster.guest.script(
          'cd /run/sallyport/n2/cni/kindnet; grep -l wired-again * || true',
        )
      ).stdout.trim();
    await cluster.guest.script(renderCniAdd(attachment));
    const { stdout } = await cluster.guest.script(renderCniAdd(attachment));
    expect(await addresses()).toBe(podIPFromCniResult(stdout));
    await cluster.guest.script(renderCniDel(attachment));
    expect(await addresses()).toBe('');
  });

  it('reports the same status as kubelet', async () => {
    const columns = 'NAME:.metadata.name,PHASE:.status.phase,IP:.status.podIP,HOST:.status.hostIP';
    const out = await cluster.kubectl([
      'get',
      'pod',
      'client',
      '-o',
      `custom-columns=${columns}`,
      '--no-headers',
    ]);
    expect(out.trim().split(/\s+/)).toEqual(['client', 'Running', client.ip, '192.168.77.11']);
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/client', '--timeout=60s'], {
      timeoutMs: 80_000,
    });
  });
});

describe('faults', () => {
  it('a cut link is silence, and over when the link is back', async () => {
    const node = cluster.node('n2');
    await node.cutLink();
    await expect(neighbour.request(undefined, 500)).rejects.toThrow(
      'default/neighbour got no answer',
    );
    await node.restoreLink();
    const answer = () => neighbour.request(undefined, 5000).catch(() => undefined);
    expect(await waitFor('the link to be back', answer)).toBe('192.168.77.12');
  });

  it('an address moves between Nodes, and the network follows', async () => {
    const ip = '192.168.77.239';
    for (const name of ['n1', 'n2']) {
      await cluster.node(name).addAddress(ip);
      const node = cluster.node(name);
      expect([node.ip, gatewayOf(node)]).toContain(
        await cluster.external.request(`http://${ip}:30080`),
      );
      await cluster.node(name).removeAddress(ip);
    }
  });

  it('flushed tables lose the rules that CNI and kube-proxy do not write again', async () => {
    const node = cluster.node('n1');
    const rules = async () => (await node.script("iptables-save | grep '^-A'")).stdout;
    const before = await rules();
    await node.script(
      'for table in nat filter mangle; do iptables -t $table -I OUTPUT -p 99 -j RETURN; done',
    );
    for (const table of ['nat', 'filter', 'mangle'] as const) {
      await node.flushTable(table);
    }
    expect(await rules()).toBe(before);
    expect(await client.request()).toBe('192.168.77.11');
    expect(await client.request('http://10.96.0.10')).toBe(client.ip);
  });

  it('a hostile masquerade stands in front of a rule that was first', async () => {
    const node = cluster.node('n1');
    await node.script(`iptables -t nat -I POSTROUTING -s ${client.ip} -j ACCEPT`);
    await node.insertHostileMasquerade();
    expect(await client.request()).toBe(node.ip);
    await node.flushTable('nat');
  });

  it('a partitioned controller reaches no host, and no host reaches it, until it is healed', async () => {
    const pings = async (seconds: number) => {
      const argv = ['ping', '-c', '1', '-W', String(seconds), API_SERVER.ip];
      const outward = cluster.guest.run(argv, { netns: CONTROLLER.netns, timeoutMs: 60_000 });
      const results = await Promise.allSettled([
        outward,
        cluster.node('n1').ping(CONTROLLER.ip, seconds),
      ]);
      return results.map(({ status }) => status === 'fulfilled');
    };
    expect(await pings(20)).toEqual([true, true]);
    await cluster.partitionController();
    expect(await pings(2)).toEqual([false, false]);
    await cluster.healController();
    await waitFor('the link to be back', async () => (await pings(5)).every(Boolean));
  });

  it('vswitchd restarts: flows are gone, bridges are not', async () => {
    const node = cluster.node('n1');
    await node.script(
      'ovs-vsctl add-br br-test -- set bridge br-test fail-mode=secure; ovs-ofctl add-flow br-test actions=drop',
    );
    await node.restartVswitchd();
    expect((await node.script('ovs-ofctl dump-flows br-test --no-names')).stdout).not.toContain(
      'actions=drop',
    );
    await node.script('ovs-vsctl del-br br-test');
  });

  // The last two: neither comes back.
  it('a killed Node is silent and has no processes', async () => {
    const node = cluster.node('n3');
    await node.kill();
    expect((await cluster.guest.run(['ip', 'netns', 'pids', 'n3'])).stdout).toBe('');
    await expect(client.request(`http://${servers[1]?.ip ?? ''}:8080`, 1000)).rejects.toThrow(
      'got no answer',
    );
  });

  it('no phase passes without a sniffer', async () => {
    await cluster.guest.script('pkill -x tcpdump');
    const phase = cluster.sniffer.phase('unseen', [], () => Promise.resolve());
    await expect(phase).rejects.toThrow('the sniffer is dead');
  });
});

/** The address that a Node has on its ends of the cables to its Pods. */
function gatewayOf({ podCIDR }: LabNode): string {
  return podCIDR.replace('.0/24', '.1');
}

import { EXTERNAL_SERVER, nothing } from '@sallyport/lab';
import type { World } from '../world.ts';
import { applyEgress, askController, cleanUp, each, IP, untilRealized } from '../world.ts';
import type { TunnelledDatagram } from './geneve-datagram.ts';
import { geneveDatagram } from './geneve-datagram.ts';

/** The tunnel port of every Node. */
const TUNNEL_PORT = 6081;

/** The UDP port of the datagrams to Pods and Nodes. */
const HOSTILE_PORT = 7777;

/** A Pod that no Egress selects makes tunnel packets by hand. */
export function hostilePods(world: () => World): void {
  describe('tunnel packets that a Pod makes by hand', () => {
    beforeEach(async () => {
      await world().cluster.node('n2').addAddress(IP);
      await applyEgress(world(), 'egress-web');
      await untilRealized(world(), 'egress-web');
    });

    afterEach(() => cleanUp(world()));

    /** Nothing arrives by the gateway or the Node of the Pod; selected Pods are not affected. */
    const nothingArrives = async (phase: string, forgedSource?: string): Promise<void> => {
      const { cluster, web, devWeb } = world();
      const datagrams = await hostileDatagrams(world());
      const arrivals = await countArrivals(world());
      const expected = [...each([IP, web.n1]), { flow: devWeb.flow, expect: nothing() }];
      await cluster.sniffer.phase(phase, expected, async () => {
        for (const node of ['n1', 'n2']) {
          await sendAll(world(), cluster.node(node).ip, datagrams, forgedSource);
        }
        expect(await web.n1.request()).toBe(IP);
      });
      expect(await arrivals()).toEqual({ pod: 0, node: 0 });
    };

    it('neither use an egress IP nor reach a Pod or a Node', () => nothingArrives('hand-made'));

    it('do not with the forged address of a Node', async () => {
      const { cluster, devWeb } = world();
      const forged = cluster.node('n3').ip;
      await cluster.guest.run(['ip', 'address', 'add', `${forged}/32`, 'dev', 'lo'], {
        netns: devWeb.netns,
      });
      // The careless setting of many Nodes: the kernel does not check the sources of Pods.
      const { stdout: device } = await cluster
        .node('n1')
        .script(`ip -o route get ${devWeb.ip} | sed 's/.* dev \\([^ ]*\\).*/\\1/'`);
      const setFilter = (mode: number): Promise<unknown> =>
        cluster
          .node('n1')
          .script(
            `for device in all ${device.trim()}; do echo ${mode} > /proc/sys/net/ipv4/conf/$device/rp_filter; done`,
          );
      await setFilter(0);
      await nothingArrives('hand-made with the address of a Node', forged);
      await setFilter(1);
    });

    it('reach neither Pod nor Node even if the Node of the Pod does not guard the port', async () => {
      const { cluster, sallyport } = world();
      const agent = sallyport.agent('n1');
      const datagrams = await hostileDatagrams(world());
      const arrivals = await countArrivals(world());
      // As if its agent had not run yet.
      await agent.kill();
      await cluster.node('n1').script('nft flush chain inet sallyport mangle-tunnel');
      const internal = datagrams.filter(({ port }) => port === HOSTILE_PORT);
      await cluster.sniffer.phase('without a guard', [], () =>
        sendAll(world(), cluster.node('n2').ip, internal),
      );
      expect(await arrivals()).toEqual({ pod: 0, node: 0 });
      await agent.start();
      await sallyport.untilReady();
    });
  });
}

/**
 * As requests of the Egress and as replies: to the external server with the Pod's own address. To a
 * Pod and a Node also with forged ones.
 */
async function hostileDatagrams(world: World): Promise<readonly TunnelledDatagram[]> {
  const { cluster, web, devWeb } = world;
  const egress = JSON.parse(await askController(world, '/debug/egressgroups/egress-web')) as {
    readonly tunnelID: number;
  };
  const gateway = cluster.node('n2').ip;
  const peer = cluster.node('n3').ip;
  return [egress.tunnelID, 0].flatMap((tunnelID) => [
    { tunnelID, source: devWeb.ip, destination: EXTERNAL_SERVER.ip, port: devWeb.flow.port },
    { tunnelID, source: devWeb.ip, destination: web.n2.ip, port: HOSTILE_PORT },
    { tunnelID, source: EXTERNAL_SERVER.ip, destination: web.n2.ip, port: HOSTILE_PORT },
    { tunnelID, source: peer, destination: gateway, port: HOSTILE_PORT },
    { tunnelID, source: devWeb.ip, destination: gateway, port: HOSTILE_PORT },
  ]);
}

/** Sends each datagram three times from the hostile Pod to a Node's tunnel port. */
async function sendAll(
  { cluster, devWeb }: World,
  nodeIP: string,
  datagrams: readonly TunnelledDatagram[],
  source = devWeb.ip,
): Promise<void> {
  const payloads = datagrams.map((datagram) => geneveDatagram(datagram).toString('hex'));
  await cluster.guest.run(['node', '-e', SEND, source, nodeIP, String(TUNNEL_PORT), ...payloads], {
    netns: devWeb.netns,
    timeoutMs: 60_000,
  });
}

/** Node.js: source, destination, port, payloads in hexadecimal. */
const SEND = `const [source, destination, port, ...payloads] = process.argv.slice(1);
const socket = require('node:dgram').createSocket('udp4');
socket.bind(0, source, async () => {
  for (const payload of payloads.flatMap((one) => [one, one, one])) {
    await new Promise((done) => socket.send(Buffer.from(payload, 'hex'), port, destination, done));
  }
  socket.close();
});`;

/** Counts the datagrams that reach the Pod on n2, and n2 itself, from the call on. */
async function countArrivals({
  cluster,
  web,
}: World): Promise<() => Promise<{ readonly pod: number; readonly node: number }>> {
  const rule = `-p udp --dport ${HOSTILE_PORT}`;
  const receivers = { pod: web.n2.netns, node: 'n2' };
  const counted = async (netns: string): Promise<number> => {
    const { stdout } = await cluster.guest.script(
      `iptables -t filter -nvxL INPUT | sed -n 's/^ *\\([0-9]*\\) .*dpt:${HOSTILE_PORT}.*/\\1/p'
iptables -t filter -D INPUT ${rule}`,
      { netns },
    );
    return Number(stdout);
  };
  for (const netns of Object.values(receivers)) {
    // One that a failed test left would count as well.
    await cluster.guest.script(
      `iptables -t filter -D INPUT ${rule} 2>/dev/null || true; iptables -t filter -I INPUT ${rule}`,
      { netns },
    );
  }
  return async () => ({ pod: await counted(receivers.pod), node: await counted(receivers.node) });
}

import { waitFor } from '@sallyport/kit';
import type { AgentLab } from '../agent-lab.ts';
import { here, IP, there } from './samples.ts';

/** The tunnel: its MTU, its port, and the Nodes that it listens to. */
export function tunnel(lab: () => AgentLab): void {
  mtu(lab);
  port(lab);
  peers(lab);
}

function mtu(lab: () => AgentLab): void {
  it('follows the MTU of the uplink, above 1500 too', async () => {
    for (const [uplink, gateway] of [
      [9000, 8950],
      [1500, 1450],
    ]) {
      await lab().onNode('ip', 'link', 'set', 'eth0', 'mtu', String(uplink));
      await waitFor(
        `egress-gw0 to have MTU ${String(gateway)}`,
        async () =>
          (await lab().onNode('ip', 'link', 'show', 'dev', 'egress-gw0')).includes(
            `mtu ${String(gateway)} `,
          ),
        { intervalMs: 250 },
      );
    }
  }, 300_000);
}

function port(lab: () => AgentLab): void {
  it('has its tunnel on the configured port, and names the remedy when that is taken', async () => {
    const restart = async (...flags: readonly string[]): Promise<void> => {
      await lab().stopAgent('SIGTERM');
      await lab().startAgent(...flags);
    };
    await restart('--tunnel-port=6083');
    await lab().realize(here, there);
    expect(await lab().onNode('ss', '-uln')).toMatch(/:6083 /);
    expect(await lab().onNode('ss', '-uln')).not.toMatch(/:6081 /);
    expect(await lab().plannedOperations('--tunnel-port=6083')).toBe('');
    await lab().script('ip link add others up type geneve external dstport 6084');
    await restart('--tunnel-port=6084');
    const { failure } = await lab().untilReported('the failure of the port', (report) =>
      (report.failure ?? '').includes('cannot make the port egress-tun0'),
    );
    expect(failure).toContain('give all agents another --tunnel-port');
    await lab().onNode('ip', 'link', 'del', 'others');
    await restart();
    // A command of the agent before may still be under way.
    await waitFor(
      'the tunnel to be on its port again',
      async () => (await lab().onNode('ss', '-uln')).includes(':6081 '),
      { intervalMs: 250 },
    );
  }, 300_000);
}

function peers(lab: () => AgentLab): void {
  it('listens to Nodes only, and sends from the address that they know, though the kernel would take another', async () => {
    await lab().realize(here, there);
    // The guest is Node n2, and at first a stranger, with the gateway's own kind of tunnel.
    await lab().guest.script(`ip addr add 192.168.77.12/24 dev br-lan
ip link add others up type geneve id 77 remote 192.168.77.11
ip addr add 10.244.2.21/32 dev others
ip route add 203.0.113.10 dev others src 10.244.2.21
ip neigh add 203.0.113.10 lladdr 0a:58:00:00:00:02 dev others`);
    const requestsTaken = async (from: string): Promise<number> => {
      await lab().guest.script(
        `ip route replace 192.168.77.11 dev br-lan src ${from}; ping -c 2 -i 0.2 -W 1 203.0.113.10 || true`,
      );
      const flows = await lab().onNode(
        'ovs-ofctl',
        '-O',
        'OpenFlow15',
        'dump-flows',
        'br-egress',
        'table=1,tun_id=77,ip',
      );
      return Number(/n_packets=(\d+)/.exec(flows)?.[1]);
    };
    expect(await requestsTaken('192.168.77.1')).toBe(0);
    expect(await requestsTaken('192.168.77.12')).toBe(2);
    expect((await lab().connectionsOf('10.244.2.21')).join()).toContain(`dst=${IP} `);
    // A packet that has lost its SNAT id on the way has no other address either.
    await lab().script(
      'conntrack -F; iptables -t mangle -A PREROUTING -i egress-gw0 -j MARK --or-mark 0x80',
    );
    expect(await requestsTaken('192.168.77.12')).toBe(4);
    expect(await lab().connectionsOf('10.244.2.21')).toEqual([]);
    await lab().script('iptables -t mangle -D PREROUTING -i egress-gw0 -j MARK --or-mark 0x80');

    await lab().script(`ip addr add 192.168.77.98/24 dev eth0
ip route replace 192.168.77.12 dev eth0 src 192.168.77.98
ip addr add 10.244.1.12/32 dev lo
ip route add 203.0.113.9 via 169.254.77.254 dev egress-gw0 onlink src 10.244.1.12
for source in 192.168.77.11 192.168.77.98; do
  iptables -t mangle -A POSTROUTING -s $source -d 192.168.77.12 -p udp --dport 6081
done
ping -c 2 -i 0.2 -W 1 203.0.113.9 || true`);
    // The rules only count: packets of the tunnel have no conntrack entry.
    const counted = await lab().onNode('iptables', '-t', 'mangle', '-nvxL', 'POSTROUTING');
    expect(counted).toMatch(/^ +2 .* 192\.168\.77\.11 +192\.168\.77\.12 .*6081/m);
    expect(counted).toMatch(/^ +0 .* 192\.168\.77\.98 +192\.168\.77\.12 .*6081/m);
    expect(await lab().onNode('conntrack', '-L', '-p', 'udp')).not.toContain('dport=6081');

    await lab().script(`for source in 192.168.77.11 192.168.77.98; do
  iptables -t mangle -D POSTROUTING -s $source -d 192.168.77.12 -p udp --dport 6081
done`);
    await lab().script(`ip route del 203.0.113.9; ip route del 192.168.77.12
ip addr del 10.244.1.12/32 dev lo; ip addr del 192.168.77.98/24 dev eth0`);
    await lab().guest.script(
      'ip link del others; ip route del 192.168.77.11; ip addr del 192.168.77.12/24 dev br-lan',
    );
    expect(await lab().plannedOperations()).toBe('');
  }, 300_000);
}

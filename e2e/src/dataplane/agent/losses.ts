import { waitFor } from '@sallyport/kit';
import type { AgentLab } from '../agent-lab.ts';
import { here, IP, there } from './samples.ts';

/** The agent repairs its objects after a loss; no packet leaks meanwhile. */
export function losses(lab: () => AgentLab): void {
  damage(lab);
  singleLosses(lab);
  lossesWithoutAgent(lab);
  rivals(lab);
}

function damage(lab: () => AgentLab): void {
  it('repairs rules that other software deleted, added or put before ours', async () => {
    await lab().realize(here, there);
    const before = await lab().dump();
    await lab().script(
      `nft insert rule inet sallyport nat-postrouting ip saddr 172.16.0.0/12 masquerade
nft flush chain inet sallyport mangle-prerouting
nft flush map inet sallyport paths4
iptables -D FORWARD -j SALLYPORT-FORWARD
ip rule del fwmark 0x1000/0x1cff
ip route flush table 7101
ip rule add fwmark 0x1 lookup 7101 priority 1002
ip route add throw 172.16.0.0/12 table 7101
ip addr add 198.51.100.7/32 dev egress-gw0
nft add element inet sallyport internal4 { 172.16.0.0/12 }
ovs-ofctl -O OpenFlow15 del-flows br-egress cookie=0x5a11/-1
ip link set egress-gw0 down
ip link set egress-gw0 mtu 1300`,
    );
    const what = `everything to be as before:\n${before}`;
    await waitFor(what, async () => (await lab().dump()) === before, { intervalMs: 500 });
  }, 300_000);
}

function singleLosses(lab: () => AgentLab): void {
  it.each([
    ['a table', 'nft delete table inet sallyport'],
    ['the guard', 'nft delete table inet sallyport-guard'],
    ['the rules of a chain', 'nft flush chain inet sallyport nat-postrouting'],
    ['a Pod in a set', 'nft delete element inet sallyport pods4 { 10.244.1.11 }'],
    ['the jump to a chain', 'iptables -D FORWARD -j SALLYPORT-FORWARD'],
    ['a policy rule', 'ip rule del fwmark 0x1000/0x1cff'],
    ['the rule of the source check', 'ip rule del priority 999'],
    ['a route', 'ip route del default table 7102'],
    ['the neighbour', 'ip neigh del 169.254.77.254 dev egress-gw0'],
    ['the loose source check', 'sysctl -w net.ipv4.conf.egress-gw0.rp_filter=1'],
    ['a group', 'ovs-ofctl -O OpenFlow15 del-groups br-egress group_id=78'],
    ['a port', 'ovs-vsctl del-port egress-tun0'],
    ['the bridge', 'ovs-vsctl del-br br-egress'],
    [
      'ovs-vswitchd, with all flows',
      `kill -9 $(cat /run/openvswitch/ovs-vswitchd.pid)
ovs-vswitchd unix:/run/openvswitch/db.sock --detach --pidfile --log-file -vconsole:off`,
    ],
  ])(
    'notices a loss by itself, without a resync: %s',
    async (_, loss) => {
      await lab().realize(here, there);
      const before = await lab().dump();
      await lab().script(loss);
      let dump = '';
      await waitFor(
        `everything to be as before:\n${before}`,
        async () => {
          // Without the bridge there is none.
          dump = await lab().dump().catch(String);
          return dump === before;
        },
        { intervalMs: 250, actual: () => dump },
      );
    },
    300_000,
  );
}

function lossesWithoutAgent(lab: () => AgentLab): void {
  it('drops packets of a Pod whose rules are gone, while no agent runs', async () => {
    await lab().realize(here);
    await lab().stopAgent('SIGTERM');
    for (const loss of [
      'delete table inet sallyport',
      'flush chain inet sallyport nat-postrouting',
      'flush chain inet sallyport mangle-prerouting',
      'delete element inet sallyport paths4 { 10.244.1.11 }',
      'flush set inet sallyport pods4',
    ]) {
      await lab().script(`nft list table inet sallyport > /tmp/table; nft ${loss}`);
      expect([loss, await lab().addressOf('10.244.1.11')]).toEqual([
        loss,
        expect.stringMatching(`^(dropped|${IP})$`),
      ]);
      await lab().script(
        'nft "table inet sallyport; delete table inet sallyport"; nft -f /tmp/table',
      );
      expect(await lab().addressOf('10.244.1.11')).toBe(IP);
    }
    await lab().script('nft delete table inet sallyport-guard');
    expect(await lab().addressOf('10.244.1.11')).toBe(IP);
    await lab().startAgent();
    await lab().realize(here);
  }, 300_000);
}

function rivals(lab: () => AgentLab): void {
  it('names a chain that translates first, and lets nothing out with its source', async () => {
    await lab().realize(here);
    const rival = (priority: number): Promise<string> =>
      lab().script(`nft -f - <<END
table inet rival
delete table inet rival
table inet rival {
  chain post {
    type nat hook postrouting priority ${priority};
    ip saddr 10.244.0.0/16 ip daddr != 10.244.0.0/16 masquerade
  }
}
END`);
    for (const priority of [90, 0, -198]) {
      await rival(priority);
      expect(await lab().addressOf('10.244.1.11')).toBe(IP);
    }
    await rival(-199);
    await lab().untilReported('the rival', ({ faults = [] }) =>
      faults.some(({ message }) => message.includes('chain post of table inet rival')),
    );
    expect(await lab().addressOf('10.244.1.11')).toBe('dropped');
    await lab().script('nft delete table inet rival');
    await lab().untilReported('no fault', ({ faults = [] }) => faults.length === 0);
    expect(await lab().addressOf('10.244.1.11')).toBe(IP);
  }, 300_000);
}

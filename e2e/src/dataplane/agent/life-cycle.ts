import type { AgentLab } from '../agent-lab.ts';
import { group, here, IP, nowhere, there } from './samples.ts';

/** The agent is stopped, started and changes its backend. */
export function lifeCycle(lab: () => AgentLab): void {
  it('hands over from nftables to iptables, and back, without a connection with another source', async () => {
    await lab().realize(here, there);
    for (const backend of ['iptables', 'nftables']) {
      await lab().stopAgent('SIGTERM');
      // A connection for each datagram.
      await lab().guest.script(`ip netns exec pod bash -c 'while sleep 0.02; do
  echo > /dev/udp/203.0.113.77/$((RANDOM + 1024))
done' > /dev/null & echo $! > /tmp/sender
ip netns exec n1 conntrack -E -e NEW -p udp --orig-src 10.244.1.11 > /tmp/opened & echo $! > /tmp/events`);
      await lab().startAgent(`--snat-backend=${backend}`);
      await lab().realize(here, there);
      const opened = await lab().guest.script(
        'kill $(cat /tmp/sender) $(cat /tmp/events); cat /tmp/opened',
      );
      const sources = [...opened.stdout.matchAll(/src=203\.0\.113\.77 dst=(\S+)/g)].map(
        ([, source]) => source,
      );
      expect(new Set(sources)).toEqual(new Set([IP]));
      const dump = await lab().dump();
      expect(dump.includes('table inet sallyport {')).toBe(backend === 'nftables');
      expect(dump.includes('SALLYPORT-PODS')).toBe(backend === 'iptables');
      expect(await lab().plannedOperations(`--snat-backend=${backend}`)).toBe('');
    }
  }, 300_000);

  it('leaves the dataplane as it is when it is stopped, and keeps the SNAT ids when it comes back', async () => {
    await lab().realize(here);
    // Sorts before the other, but comes second: an agent that numbered them anew would swap the
    // ids.
    await lab().realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here);
    const before = await lab().dump();
    expect(before).toContain(`== 0x00000001 counter snat ip to ${IP}`);
    await lab().stopAgent('SIGTERM');
    expect(await lab().dump()).toBe(before);
    expect(await lab().plannedOperations()).toBe('');
    await lab().startAgent();
    await lab().realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here, nowhere);
    await lab().realize(group('first', 80, '192.168.77.100', 'n1', ['10.244.1.15']), here);
    expect(await lab().dump()).toBe(before);
  }, 300_000);

  it('leaves no object of ours after a cleanup, and nothing of others changed', async () => {
    await lab().script('ovs-vsctl add-br of-others; nft add table ip of-others');
    try {
      await lab().realize(here, there);
      await lab().stopAgent('SIGTERM');
      await lab().cleanUp();
      const left = await lab().script(EVERYTHING);
      expect(left.match(/.*(sallyport|egress|710[12]|0x5a11).*/gi)).toBeNull();
      expect(left).toContain('Bridge of-others');
      expect(left).toContain('table ip of-others');
      await lab().startAgent();
      await lab().realize(here, there);
    } finally {
      await lab().script('ovs-vsctl del-br of-others; nft delete table ip of-others');
    }
  }, 300_000);
}

/** Everything that an agent may have changed on a Node. */
const EVERYTHING = `ovs-vsctl show; nft list ruleset; iptables-save; ipset list -n
ip rule; ip route show table all; ip -br link; ip neigh`;

import type { AgentLab } from '../agent-lab.ts';
import { here, IP, OTHER_IP } from './samples.ts';

/** The agent deletes the connections that have a wrong source. */
export function connections(lab: () => AgentLab): void {
  it('deletes the conntrack entries of external connections with a wrong source, and no others', async () => {
    await lab().realize();
    const outside = '203.0.113.10';
    let port = 1000;
    const open = (
      source: string,
      destination: string,
      translatedSource: string,
      zone = 0,
    ): Promise<string> => {
      port += 1;
      return lab().script(`conntrack -I -p udp -t 300 --orig-zone ${zone} \
-s ${source} -d ${destination} --sport ${port} --dport 53 \
-r ${destination} -q ${translatedSource} --reply-port-src 53 --reply-port-dst ${port}`);
    };
    const isOpen = async (source: string, destination: string): Promise<boolean> =>
      (await lab().script('conntrack -L -p udp')).includes(` src=${source} dst=${destination} `);
    await open('10.244.1.11', outside, '192.168.77.11');
    await open('10.244.1.11', '10.244.2.2', '10.244.1.11');
    await open('10.244.1.99', outside, '192.168.77.11');
    await lab().realize(here);
    expect(await isOpen('10.244.1.11', outside)).toBe(false);
    expect(await isOpen('10.244.1.11', '10.244.2.2')).toBe(true);
    expect(await isOpen('10.244.1.99', outside)).toBe(true);

    // Of Pods of other Nodes: those of one egress IP are in a zone.
    await open('10.244.2.5', outside, IP, 1);
    await open('10.244.2.6', outside, OTHER_IP, 2);
    await lab().realize();
    expect(await isOpen('10.244.2.5', outside)).toBe(false);
    expect(await isOpen('10.244.2.6', outside)).toBe(true);
  }, 300_000);

  it('with iptables deletes the conntrack entries that damaged rules let pass, also when it could not at first', async () => {
    await lab().stopAgent('SIGTERM');
    await lab().startAgent('--snat-backend=iptables');
    await lab().realize(here);
    await lab().stopAgent('SIGTERM');
    await lab().script(
      'iptables -t nat -F SALLYPORT-POSTROUTING; sysctl -w net.netfilter.nf_conntrack_icmp_timeout=600',
    );
    expect(await lab().addressOf('10.244.1.11')).toBe('192.168.77.11');
    // The kernel loads the module with the first request, when it can.
    const [modprobe = ''] = (await lab().script('sysctl -n kernel.modprobe')).split('\n');
    await lab().script('sysctl -w kernel.modprobe=/bin/false && rmmod nf_conntrack_netlink');
    await lab().startAgent('--snat-backend=iptables');
    await lab().untilReported('the failure of ctnetlink', ({ failure = '' }) =>
      failure.includes('ctnetlink'),
    );
    await lab().script(`sysctl -w kernel.modprobe=${modprobe}`);
    await lab().realize(here);
    expect(await lab().connectionsOf('10.244.1.11')).toEqual([]);
    expect(await lab().addressOf('10.244.1.11')).toBe(IP);
    expect(await lab().dump()).not.toContain('UNREPAIRED');
    expect(await lab().plannedOperations('--snat-backend=iptables')).toBe('');
  }, 300_000);
}

import type { AgentLab } from '../agent-lab.ts';
import { here, IP, nowhere, OTHER_IP } from './samples.ts';

/** The agent deletes the connections that have a wrong source. */
export function connections(lab: () => AgentLab): void {
  wrongSources(lab);
  withIptables(lab);
}

function wrongSources(lab: () => AgentLab): void {
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
}

function withIptables(lab: () => AgentLab): void {
  describe('with iptables', () => {
    const restart = async (...flags: readonly string[]): Promise<void> => {
      await lab().stopAgent('SIGTERM');
      await lab().startAgent(...flags);
      await lab().realize(here);
    };

    beforeAll(() => restart('--snat-backend=iptables'), 300_000);
    afterAll(() => restart(), 300_000);

    damagedRules(lab);
    otherVariant(lab);
  });
}

function damagedRules(lab: () => AgentLab): void {
  it('deletes the conntrack entries that damaged rules let pass, also when it could not at first', async () => {
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

function otherVariant(lab: () => AgentLab): void {
  it('names a rule of the other variant, and blocks the selected Pods', async () => {
    await lab().script('iptables-legacy -t nat -A POSTROUTING -s 10.244.0.0/16 -j MASQUERADE');
    // No event tells of a rule of iptables-legacy. The next pass reads all rules.
    lab().controller.publishGroups('n1', [here, nowhere]);
    await lab().untilReported('the other variant of iptables', ({ faults = [] }) =>
      faults.some(({ message }) => message.includes('table nat, of iptables-legacy')),
    );
    expect(await lab().addressOf('10.244.1.11')).toBe('dropped');
    await lab().script('iptables-legacy -t nat -F POSTROUTING');
    await lab().realize(here);
    expect(await lab().addressOf('10.244.1.11')).toBe(IP);
  }, 300_000);
}

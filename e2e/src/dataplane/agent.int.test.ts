import { conntrackContract } from '@sallyport/conntrack/testing';
import { netfilterContract } from '@sallyport/netfilter/testing';
import { ovsContract } from '@sallyport/ovs/testing';
import { routingContract } from '@sallyport/rtnetlink/testing';
import type { CaseResult } from './adapter-contracts.ts';
import { connections } from './agent/connections.ts';
import { lifeCycle } from './agent/life-cycle.ts';
import { losses } from './agent/losses.ts';
import { plannedStates } from './agent/planned-states.ts';
import { reports } from './agent/reports.ts';
import { network } from './agent/samples.ts';
import { tunnel } from './agent/tunnel.ts';
import { AgentLab } from './agent-lab.ts';

/** One Node in one guest: first for the adapters alone, then for the agent. */
let started: AgentLab | undefined;

beforeAll(async () => {
  started = await AgentLab.start();
}, 600_000);

afterAll(async () => {
  await started?.close();
}, 300_000);

describe('the real adapters, like their fakes,', () => {
  let results: readonly CaseResult[] = [];

  beforeAll(async () => {
    results = await lab().runContracts();
  }, 660_000);

  const cases = [
    ...ovsContract.map(({ name }) => ({ contract: 'ovs', name })),
    ...netfilterContract.map(({ name }) => ({ contract: 'iptables', name })),
    ...netfilterContract.map(({ name }) => ({ contract: 'nftables', name })),
    ...conntrackContract.map(({ name }) => ({ contract: 'conntrack', name })),
    ...routingContract.map(({ name }) => ({ contract: 'routing', name })),
  ];
  it.each(cases)('$contract: $name', (wanted) => {
    const { contract, name } = wanted;
    expect(results.find((one) => one.contract === contract && one.name === name)).toEqual({
      ...wanted,
      failure: '',
    });
  });
});

describe('the agent on a real kernel', () => {
  beforeAll(async () => {
    await lab().script(
      `iptables -t nat -A POSTROUTING -s 10.244.0.0/16 ! -d 10.244.0.0/16 -j MASQUERADE
iptables -A FORWARD -m comment --comment "of somebody else" -j ACCEPT
ipset create OTHERS hash:ip
ip rule add fwmark 0x1 lookup 100 priority 99
echo 1 > /proc/sys/net/ipv4/ip_forward
ip neigh add 192.168.77.254 lladdr 0a:58:0a:00:00:01 dev eth0`,
    );
    // Two addresses, as if of two Pods.
    await lab().guest.script(`ip netns add pod
ip -n n1 link add pod0 address 0a:58:0a:00:00:02 up type veth peer name eth0 netns pod
ip -n n1 route add 10.244.1.11 dev pod0
ip -n n1 route add 10.244.1.16 dev pod0
ip -n pod link set eth0 up
ip -n pod addr add 10.244.1.11/32 dev eth0
ip -n pod addr add 10.244.1.16/32 dev eth0
ip -n pod neigh add 169.254.1.1 lladdr 0a:58:0a:00:00:02 dev eth0
ip -n pod route add default via 169.254.1.1 dev eth0 onlink`);
    lab().controller.publishNetwork(network);
    await lab().startAgent();
  }, 600_000);

  plannedStates(lab);
  connections(lab);
  losses(lab);
  lifeCycle(lab);
  reports(lab);
  tunnel(lab);
});

function lab(): AgentLab {
  if (started === undefined) {
    throw new Error('the guest of the agent did not come up');
  }
  return started;
}

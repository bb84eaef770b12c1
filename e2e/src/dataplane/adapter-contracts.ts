/**
 * Runs in a guest, on its Node: every case of the adapters' contracts with the real adapter. Prints
 * a line of JSON for each case, see {@link CaseResult}.
 */
import { runCommand } from '@sallyport/command';
import { defaultMarks, GATEWAY_PORT, ROUTE_TABLES } from '@sallyport/dataplane';
import { openNetfilter } from '@sallyport/netfilter';
import type { NetfilterSubject } from '@sallyport/netfilter/testing';
import { netfilterContract } from '@sallyport/netfilter/testing';
import { openOvs } from '@sallyport/ovs';
import { ovsContract } from '@sallyport/ovs/testing';
import { openRouting } from '@sallyport/rtnetlink';
import type { RoutingSubject } from '@sallyport/rtnetlink/testing';
import { routingContract } from '@sallyport/rtnetlink/testing';

/** One case of a contract, run with the real adapter. */
export interface CaseResult {
  readonly contract: 'ovs' | 'netfilter' | 'routing';
  readonly name: string;
  /** The error with its stack; empty when the case passed. */
  readonly failure: string;
}

/** Takes away everything that is ours, and every rule, set and connection beside it. */
const RESET = {
  ovs: 'ovs-vsctl --if-exists del-br br-egress',
  netfilter: `printf '*raw\\nCOMMIT\\n*mangle\\nCOMMIT\\n*nat\\nCOMMIT\\n*filter\\nCOMMIT\\n' | iptables-restore
ipset destroy
conntrack -F`,
  routing: `ip link del ${GATEWAY_PORT.name} || true
while ip rule del table ${ROUTE_TABLES.redirect}; do :; done
ip route flush table ${ROUTE_TABLES.redirect} || true
ip route flush table ${ROUTE_TABLES.return} || true`,
};

const routing = openRouting({
  device: GATEWAY_PORT.name,
  tables: Object.values(ROUTE_TABLES),
});
try {
  await runAll();
} finally {
  routing.close();
}

async function runAll(): Promise<void> {
  const ovs = openOvs(runCommand);
  for (const { name, run } of ovsContract) {
    await runCase('ovs', name, () => run(ovs));
  }
  await script(RESET.ovs);
  for (const { name, run } of netfilterContract) {
    await runCase('netfilter', name, () => run(netfilterSubject()));
  }
  await script(RESET.netfilter);
  for (const { name, run } of routingContract) {
    await runCase('routing', name, () => run(routingSubject()));
  }
  await script(RESET.routing);
}

async function runCase(
  contract: keyof typeof RESET,
  name: string,
  run: () => Promise<void>,
): Promise<void> {
  const report = (failure: string): void => {
    const result: CaseResult = { contract, name, failure };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  };
  try {
    await script(RESET[contract]);
    await run();
    report('');
  } catch (error) {
    report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

async function script(text: string): Promise<string> {
  return (await runCommand(['bash', '-c', text])).stdout;
}

function netfilterSubject(): NetfilterSubject {
  let port = 1000;
  return {
    netfilter: openNetfilter(runCommand, defaultMarks),
    open: async ({ source, destination, translatedSource, zone }) => {
      port += 1;
      await script(`conntrack -I -p udp -t 300 --orig-zone ${zone} \
-s ${source} -d ${destination} --sport ${port} --dport 53 \
-r ${destination} -q ${translatedSource} --reply-port-src 53 --reply-port-dst ${port}`);
    },
    openSources: async () =>
      (await script('conntrack -L -p udp'))
        .split('\n')
        .flatMap((line) => /src=(\S+) .* dport=53 /.exec(line)?.[1] ?? [])
        .sort(),
  };
}

function routingSubject(): RoutingSubject {
  return {
    routing,
    addGatewayLink: async () => {
      await script(`ip link add ${GATEWAY_PORT.name} address ${GATEWAY_PORT.mac} type dummy`);
    },
  };
}

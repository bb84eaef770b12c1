/**
 * Runs in a guest, on its Node: every case of the adapters' contracts with the real adapter. Prints
 * a line of JSON for each case, see {@link CaseResult}.
 */
import { runCommand } from '@sallyport/command';
import { openConntrack } from '@sallyport/conntrack';
import type { ConntrackSubject } from '@sallyport/conntrack/testing';
import { conntrackContract, ConntrackTable } from '@sallyport/conntrack/testing';
import {
  defaultMarks,
  GATEWAY_PORT,
  packetMask,
  ROUTE_TABLES,
  RULE_PRIORITIES,
} from '@sallyport/dataplane';
import type { Netfilter, SnatBackend } from '@sallyport/netfilter';
import { openBackend } from '@sallyport/netfilter';
import { netfilterContract } from '@sallyport/netfilter/testing';
import { openNetfilterSocket } from '@sallyport/nfnetlink';
import { openOvs } from '@sallyport/ovs';
import { ovsContract } from '@sallyport/ovs/testing';
import { openRouting } from '@sallyport/rtnetlink';
import type { RoutingSubject } from '@sallyport/rtnetlink/testing';
import { routingContract } from '@sallyport/rtnetlink/testing';

/** One case of a contract, run with the real adapter. */
export interface CaseResult {
  readonly contract: 'ovs' | SnatBackend | 'conntrack' | 'routing';
  readonly name: string;
  /** The error with its stack; empty when the case passed. */
  readonly failure: string;
}

const conntrackTable = new ConntrackTable(openNetfilterSocket);

/** Takes away everything that is ours, and every rule, set and connection beside it. */
const reset: Readonly<Record<CaseResult['contract'], () => Promise<unknown>>> = {
  ovs: () => script('ovs-vsctl --if-exists del-br br-egress'),
  nftables: resetNetfilter,
  iptables: resetNetfilter,
  conntrack: () => conntrackTable.flush(),
  routing: () =>
    script(`ip link del ${GATEWAY_PORT.name} || true
while ip rule del table ${ROUTE_TABLES.redirect}; do :; done
for priority in ${RULE_PRIORITIES.sourceCheck} ${RULE_PRIORITIES.egress} 500; do
  while ip rule del priority $priority; do :; done
done
ip link del nic1 || true
while ip -6 rule del table ${ROUTE_TABLES.redirect}; do :; done
ip route flush table ${ROUTE_TABLES.redirect} || true
ip -6 route flush table ${ROUTE_TABLES.redirect} || true
ip -6 route flush table ${ROUTE_TABLES.return} || true
ip route flush table ${ROUTE_TABLES.return} || true`),
};

const routing = openRouting({
  device: GATEWAY_PORT.name,
  tables: Object.values(ROUTE_TABLES),
  markMask: packetMask(defaultMarks),
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
  await reset.ovs();
  for (const backend of ['iptables', 'nftables'] as const) {
    for (const { name, run } of netfilterContract) {
      await runCase(backend, name, async () => run(await open(backend)));
    }
    await reset[backend]();
  }
  for (const { name, run } of conntrackContract) {
    await runCase('conntrack', name, () => run(conntrackSubject()));
  }
  await reset.conntrack();
  for (const { name, run } of routingContract) {
    await runCase('routing', name, () => run(routingSubject()));
  }
  await reset.routing();
}

async function runCase(
  contract: CaseResult['contract'],
  name: string,
  run: () => Promise<void>,
): Promise<void> {
  const report = (failure: string): void => {
    const result: CaseResult = { contract, name, failure };
    process.stdout.write(`${JSON.stringify(result)}\n`);
  };
  try {
    await reset[contract]();
    await run();
    report('');
  } catch (error) {
    report(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
}

async function open(backend: SnatBackend): Promise<Netfilter> {
  const config = { marks: defaultMarks, tunnelPort: 6081 };
  return (await openBackend(runCommand, config, backend, { keepOther: true })).netfilter;
}

function resetNetfilter(): Promise<unknown> {
  return script(`printf '*raw\\nCOMMIT\\n*mangle\\nCOMMIT\\n*nat\\nCOMMIT\\n*filter\\nCOMMIT\\n' | iptables-restore
ipset destroy
for table in sallyport sallyport-guard; do nft "table inet $table; delete table inet $table"; done`);
}

async function script(text: string): Promise<string> {
  return (await runCommand(['bash', '-c', text])).stdout;
}

function conntrackSubject(): ConntrackSubject {
  let port = 1000;
  const opened = new Set<string>();
  return {
    conntrack: openConntrack(defaultMarks),
    open: (...connections) =>
      conntrackTable.create(
        connections.map((connection) => {
          port += 1;
          opened.add(connection.source);
          return { ...connection, sourcePort: port };
        }),
      ),
    openSources: async () => {
      const sources: string[] = [];
      await conntrackTable.list(({ source }) => {
        // The Node may have connections of its own.
        if (opened.has(source)) {
          sources.push(source);
        }
      });
      return sources.sort();
    },
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

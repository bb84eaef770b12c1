import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EgressGroup, NodeReport } from '@sallyport/api';
import { bundleProgram, waitFor } from '@sallyport/kit';
import type { Guest, GuestProcess } from '@sallyport/lab';
import { bootGuest, UNTIL_OVS_WORKS } from '@sallyport/lab';
import type { Unversioned } from '@sallyport/watch';
import { HOST_IP, NODE_NETWORK } from '../node-network.ts';
import type { CaseResult } from './adapter-contracts.ts';
import { ControllerStandIn } from './controller-stand-in.ts';

const WORKSPACE = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const GUEST_WORKSPACE = '/opt/sallyport';
const CONTROLLER = { ip: HOST_IP, port: 10_349 };
const OVS_RUNDIR = '/run/openvswitch';
const NODE_ENVIRONMENT = { OVS_RUNDIR, OVS_DBDIR: OVS_RUNDIR, OVS_LOGDIR: OVS_RUNDIR };

/** One Node without a cluster, with an Open vSwitch of its own. */
const NODE_SCRIPT = `${NODE_NETWORK}mkdir -p ${OVS_RUNDIR}
ovsdb-tool create ${OVS_RUNDIR}/conf.db /usr/share/openvswitch/vswitch.ovsschema
ip netns exec n1 ovsdb-server ${OVS_RUNDIR}/conf.db --remote=punix:${OVS_RUNDIR}/db.sock --detach --pidfile --log-file -vconsole:off
ovs-vsctl --no-wait init
${UNTIL_OVS_WORKS}
ip netns exec n1 ovs-vswitchd unix:${OVS_RUNDIR}/db.sock --detach --pidfile --log-file -vconsole:off
`;

const AGENT = [
  'node',
  `${GUEST_WORKSPACE}/apps/agent/dist/bundle/main.mjs`,
  ...['--node-name=n1', `--controller-url=http://${CONTROLLER.ip}:${String(CONTROLLER.port)}`],
  // Drift has to be noticed by an event: no test waits for the resync.
  '--resync-interval=60m',
];

const CONTRACTS = 'e2e/dist/bundle/adapter-contracts.mjs';

/** For a program that hangs: a case starts a dozen programs, each slow under emulation. */
const CONTRACTS_TIMEOUT_MS = 600_000;

/**
 * For hangs only: a Node.js program starts slowly under emulation, and so do the programs of Open
 * vSwitch.
 */
const START_TIMEOUT_MS = 120_000;

/**
 * The real agent on the real kernel of a guest. It watches a stand-in for the controller.
 */
export class AgentLab {
  readonly guest: Guest;
  readonly controller: ControllerStandIn;
  readonly #log: string[] = [];
  #agent: GuestProcess | undefined;

  private constructor(guest: Guest, controller: ControllerStandIn) {
    this.guest = guest;
    this.controller = controller;
  }

  static async start(): Promise<AgentLab> {
    await bundleProgram('apps/agent/src/main.ts', 'apps/agent/dist/bundle/main.mjs');
    const controller = new ControllerStandIn();
    const hostPort = await controller.listen();
    let guest: Guest | undefined;
    try {
      guest = await bootGuest({ shares: [{ hostPath: WORKSPACE, guestPath: GUEST_WORKSPACE }] });
      await guest.script(NODE_SCRIPT, { env: NODE_ENVIRONMENT, timeoutMs: START_TIMEOUT_MS });
      await guest.exposeHostPort({ listen: CONTROLLER, hostPort });
      return new AgentLab(guest, controller);
    } catch (error) {
      await Promise.all([guest?.close(), controller.close()]);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.stopAgent('SIGKILL');
    await Promise.all([this.guest.close(), this.controller.close()]);
  }

  /** Runs the contracts of the adapters on the Node; nothing of ours is on it before and after. */
  async runContracts(): Promise<readonly CaseResult[]> {
    await bundleProgram('e2e/src/dataplane/adapter-contracts.ts', CONTRACTS);
    const results: CaseResult[] = [];
    const program = await this.guest.spawn(['node', `${GUEST_WORKSPACE}/${CONTRACTS}`], {
      netns: 'n1',
      env: NODE_ENVIRONMENT,
      onLine: (line, stream) => {
        if (stream === 'stdout') {
          results.push(JSON.parse(line) as CaseResult);
        } else {
          this.#log.push(line);
        }
      },
    });
    const timeout = setTimeout(() => void program.kill('SIGKILL'), CONTRACTS_TIMEOUT_MS);
    const { exitCode } = await program.exited;
    clearTimeout(timeout);
    if (exitCode !== 0) {
      this.#log.push(`the contracts ended with ${String(exitCode)}`);
    }
    return results;
  }

  async startAgent(...flags: readonly string[]): Promise<void> {
    // Its predecessor may have reported the same versions.
    this.controller.discardReports();
    this.#agent = await this.guest.spawn([...AGENT, ...flags], {
      netns: 'n1',
      env: NODE_ENVIRONMENT,
      onLine: (line) => {
        this.#log.push(line);
      },
    });
  }

  async stopAgent(signal: NodeJS.Signals): Promise<void> {
    await this.#agent?.kill(signal);
    this.#agent = undefined;
  }

  /** Runs a command on the Node; resolves with its output. */
  async onNode(...argv: readonly string[]): Promise<string> {
    return (await this.guest.run(argv, { netns: 'n1', env: NODE_ENVIRONMENT })).stdout;
  }

  /** Runs a bash script on the Node; resolves with its output. */
  async script(text: string): Promise<string> {
    return (await this.guest.script(text, { netns: 'n1', env: NODE_ENVIRONMENT })).stdout;
  }

  /**
   * The changes that an agent would make now, an operation a line: empty when the dataplane is
   * correct.
   */
  async plannedOperations(...flags: readonly string[]): Promise<string> {
    const options = { netns: 'n1', env: NODE_ENVIRONMENT, timeoutMs: START_TIMEOUT_MS };
    return (
      await this.guest.run([...AGENT, ...flags, '--dry-run', '--dry-run-timeout=100s'], options)
    ).stdout;
  }

  /** Runs `agent cleanup` on the Node. */
  async cleanUp(): Promise<void> {
    const options = { netns: 'n1', env: NODE_ENVIRONMENT, timeoutMs: START_TIMEOUT_MS };
    await this.guest.run([...AGENT.slice(0, 2), 'cleanup', ...AGENT.slice(2)], options);
  }

  /** All our objects on the Node and their surroundings, without counters. */
  async dump(): Promise<string> {
    return this.script(`iptables-save | grep -v '^#' | sed 's/\\[[0-9:]*\\]//'
for table in sallyport sallyport-guard; do nft -s list table inet $table || true; done
ipset save | sed 's/ initval .*//' | sort
ovs-ofctl -O OpenFlow15 --no-names --no-stats dump-flows br-egress | { grep cookie || true; } | sort
ovs-ofctl -O OpenFlow15 --no-names dump-groups br-egress | { grep group_id || true; } | sort
ip rule; ip route show table 7101; ip route show table 7102; ip -o -4 addr show dev egress-gw0 | sed 's/^[0-9]*: //'
ip neigh show dev egress-gw0 nud permanent; cat /proc/sys/net/ipv4/conf/egress-gw0/rp_filter; ip link show dev egress-gw0 | grep -o 'mtu [0-9]*'`);
  }

  /** Waits for a report of the agent that is as wanted. */
  async untilReported(
    what: string,
    isWanted: (report: NodeReport) => boolean,
    timeoutMs = 60_000,
  ): Promise<NodeReport> {
    return waitFor(
      what,
      () => {
        const report = this.controller.lastReport;
        return report !== undefined && isWanted(report) ? report : undefined;
      },
      {
        timeoutMs,
        actual: () =>
          `${JSON.stringify(this.controller.lastReport)}\n${this.#log.slice(-3).join('\n').slice(0, 3000)}`,
      },
    );
  }

  /** Waits until the agent says that it has realized the version, or a later one. */
  async untilRealized(version: number): Promise<NodeReport> {
    return this.untilReported(
      `version ${String(version)} to be realized`,
      ({ realizedResourceVersion, failure, faults = [] }) =>
        Number(realizedResourceVersion) >= version && failure === undefined && faults.length === 0,
    );
  }

  /** Publishes these groups to the agent, and waits until it has realized them. */
  async realize(...groups: readonly Unversioned<EgressGroup>[]): Promise<void> {
    await this.untilRealized(this.controller.publishGroups('n1', groups));
  }

  /** The kernel's conntrack entries of a source, without those of Open vSwitch. */
  async connectionsOf(source: string): Promise<readonly string[]> {
    const all = await this.onNode('conntrack', '-L', '-p', 'icmp', '--orig-src', source);
    return all.split('\n').filter((line) => line !== '' && !line.includes('zone=65000'));
  }

  /** The address that a new connection of a Pod leaves with, or `dropped`. */
  async addressOf(podIP: string): Promise<string> {
    await this.guest.script(
      `ip netns exec n1 conntrack -D --orig-src ${podIP} || true; ip netns exec pod ping -c 1 -W 1 -I ${podIP} 203.0.113.77 || true`,
    );
    const [line] = await this.connectionsOf(podIP);
    return line === undefined
      ? 'dropped'
      : (/src=203\.0\.113\.77 dst=(\S+)/.exec(line)?.[1] ?? line);
  }
}

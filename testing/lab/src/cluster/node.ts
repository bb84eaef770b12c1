import type { KubeProxy } from '../kubernetes/kube-proxy.ts';
import type { Kubelet } from '../kubernetes/kubelet.ts';
import type { NodeAddresses } from '../network/address-plan.ts';
import { lanPort } from '../network/network-script.ts';
import type { Flow } from '../traffic/flow.ts';
import { Sender } from '../traffic/sender.ts';
import type { CommandOutput, Guest } from '../vm/guest/guest.ts';
import {
  HOSTILE_MASQUERADE,
  ovsEnvironment,
  ovsRunDir,
  renderMasqueradeRules,
  VSWITCHD_START,
} from './node-script.ts';

/** The stand-ins that work on a Node. */
export interface NodeStandIns {
  readonly kubelet: Kubelet;
  readonly kubeProxy: KubeProxy;
}

/** A Node of the cluster, and its possible faults. */
export class LabNode extends Sender {
  readonly ip: string;
  readonly podCIDR: string;
  readonly #standIns: NodeStandIns;

  constructor(guest: Guest, addresses: NodeAddresses, flow: Flow, standIns: NodeStandIns) {
    super(guest, addresses.name, addresses.name, flow);
    this.ip = addresses.ip;
    this.podCIDR = addresses.podCIDR;
    this.#standIns = standIns;
  }

  /** Runs a bash script on the Node; `ovs-vsctl` and the like use the Node's own Open vSwitch. */
  script(text: string): Promise<CommandOutput> {
    return this.guest.script(text, { netns: this.netns, env: ovsEnvironment(this.name) });
  }

  /** Adds an address to the uplink as a careful administrator does, with gratuitous ARP. */
  async addAddress(ip: string): Promise<void> {
    await this.script(`ip addr add ${ip}/32 dev eth0; arping -q -U -c 1 -I eth0 ${ip}`);
  }

  async removeAddress(ip: string): Promise<void> {
    await this.script(`ip addr del ${ip}/32 dev eth0`);
  }

  /** Cuts the link between the Node and the LAN. The processes of the Node continue. */
  async cutLink(): Promise<void> {
    await this.guest.run(['ip', 'link', 'set', lanPort(this.name), 'down']);
  }

  /** Undoes `cutLink`. */
  async restoreLink(): Promise<void> {
    await this.guest.run(['ip', 'link', 'set', lanPort(this.name), 'up']);
  }

  /** Power loss: the Node is silent at once, and its processes are dead. It does not come back. */
  async kill(): Promise<void> {
    this.#standIns.kubelet.abandon(this.name);
    // Repeated until none is left: a listed process may have started another one meanwhile.
    await this.guest.script(
      [
        `ip link set ${lanPort(this.name)} down`,
        `while pids=$(ip netns pids ${this.name}); [ -n "$pids" ]; do kill -KILL $pids 2>/dev/null || true; sleep 0.05; done`,
        `rm -f ${ovsRunDir(this.name)}/*.pid`,
      ].join('\n'),
    );
  }

  /**
   * Kills ovs-vswitchd and starts it again, as a crash or an upgrade does. Flows and groups are
   * lost; ports and bridges remain.
   */
  async restartVswitchd(): Promise<void> {
    await this.script(
      [
        'pid=$(cat "$OVS_RUNDIR/ovs-vswitchd.pid")',
        'kill -KILL "$pid"',
        'while [ -e "/proc/$pid" ]; do sleep 0.05; done',
        VSWITCHD_START,
      ].join('\n'),
    );
  }

  /** Empties a table of iptables. CNI and kube-proxy write their own rules again. */
  async flushTable(table: 'filter' | 'mangle' | 'nat' | 'raw'): Promise<void> {
    await this.script(`iptables -t ${table} -F`);
    if (table === 'nat') {
      await this.script(`iptables-restore --noflush <<'RULES'\n${renderMasqueradeRules()}\nRULES`);
    }
    if (table === 'filter' || table === 'nat') {
      await this.#standIns.kubeProxy.rewrite(this.name, table);
    }
  }

  /** Inserts a masquerade in front of all other rules, as Calico does again and again. */
  async insertHostileMasquerade(): Promise<void> {
    await this.script(HOSTILE_MASQUERADE);
  }
}

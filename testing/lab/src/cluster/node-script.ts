import { renderKubeProxyJumps } from '../kubernetes/kube-proxy-rules.ts';
import type { NodeAddresses } from '../network/address-plan.ts';
import { POD_NETWORK } from '../network/address-plan.ts';
import { UNTIL_OVS_WORKS } from '../vm/boot-guest.ts';

/** Starts the Node's ovs-vswitchd, and returns when it has read its database. */
export const VSWITCHD_START = `${UNTIL_OVS_WORKS}; ovs-vswitchd unix:"$OVS_RUNDIR/db.sock" --detach --pidfile --log-file -vconsole:off`;

/** The rule of a CNI that keeps its masquerade in front of everyone else's (Calico does). */
export const HOSTILE_MASQUERADE = `iptables -t nat -I POSTROUTING 1 -s ${POD_NETWORK} ! -d ${POD_NETWORK} -j MASQUERADE`;

/**
 * The environment in which `ovs-vsctl`, `ovs-ofctl` and `ovs-appctl` talk to the Node's own Open
 * vSwitch.
 */
export function ovsEnvironment(node: string): Readonly<Record<string, string>> {
  const runDir = ovsRunDir(node);
  return { OVS_RUNDIR: runDir, OVS_DBDIR: runDir, OVS_LOGDIR: runDir };
}

/**
 * Where the Open vSwitch of a Node has its sockets, pid files, logs and database: its `OVS_RUNDIR`.
 */
export function ovsRunDir(node: string): string {
  return `/run/sallyport/${node}/openvswitch`;
}

/**
 * The bash script, for a Node's namespace and with `ovsEnvironment`, that makes it a Node: kernel
 * settings, what kindnetd sets up, kube-proxy's chains, and an Open vSwitch of its own.
 */
export function renderNodeScript(node: NodeAddresses, nodes: readonly NodeAddresses[]): string {
  return [
    // The strict reverse-path filter is what RHEL and several CNIs set; loose or none (Debian,
    // Ubuntu) forgives more.
    'sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.default.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1',
    renderOvsStart(),
    "ip -batch - <<'BATCH'",
    ...nodes
      .filter((other) => other.name !== node.name)
      .map((other) => `route add ${other.podCIDR} via ${other.ip}`),
    'BATCH',
    "iptables-restore --noflush <<'RULES'",
    renderMasqueradeRules(),
    renderKubeProxyJumps('filter'),
    renderKubeProxyJumps('nat'),
    'RULES',
    'wait $ovs',
    '',
  ].join('\n');
}

/**
 * What kindnetd keeps in the nat table: every packet that leaves the Node for another place than a
 * Pod gets its address. For `iptables-restore --noflush`.
 */
export function renderMasqueradeRules(): string {
  return [
    '*nat',
    ':KIND-MASQ-AGENT - [0:0]',
    '-A POSTROUTING -m addrtype ! --dst-type LOCAL -j KIND-MASQ-AGENT',
    `-A KIND-MASQ-AGENT -d ${POD_NETWORK} -j RETURN`,
    '-A KIND-MASQ-AGENT -j MASQUERADE',
    'COMMIT',
  ].join('\n');
}

/** Starts database and switch in the background of the script, as job `$ovs`. */
function renderOvsStart(): string {
  return [
    'mkdir -p "$OVS_RUNDIR"',
    '{',
    '  ovsdb-tool create "$OVS_RUNDIR/conf.db" /usr/share/openvswitch/vswitch.ovsschema',
    '  ovsdb-server "$OVS_RUNDIR/conf.db" --remote=punix:"$OVS_RUNDIR/db.sock" --detach --pidfile --log-file -vconsole:off',
    '  ovs-vsctl --no-wait init',
    `  ${VSWITCHD_START}`,
    '} & ovs=$!',
  ].join('\n');
}

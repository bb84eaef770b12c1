import { renderKubeProxyJumps } from '../kubernetes/kube-proxy-rules.ts';
import type { NodeAddresses } from '../network/address-plan.ts';
import { POD_NETWORK } from '../network/address-plan.ts';
import { UNTIL_OVS_WORKS } from '../vm/boot-guest.ts';

/** Starts the Node's ovs-vswitchd, and returns when it has read its database. */
export const VSWITCHD_START = `${UNTIL_OVS_WORKS}; ovs-vswitchd unix:"$OVS_RUNDIR/db.sock" --detach --pidfile --log-file -vconsole:off`;

/** The rule of a CNI, such as Calico, that keeps its masquerade in front of all other rules. */
export const HOSTILE_MASQUERADE = `iptables -t nat -I POSTROUTING 1 -s ${POD_NETWORK} ! -d ${POD_NETWORK} -j MASQUERADE`;

/** The environment that directs `ovs-vsctl` and the like to the Node's own Open vSwitch. */
export function ovsEnvironment(node: string): Readonly<Record<string, string>> {
  const runDir = ovsRunDir(node);
  return { OVS_RUNDIR: runDir, OVS_DBDIR: runDir, OVS_LOGDIR: runDir };
}

/** The `OVS_RUNDIR` of a Node: sockets, pid files, logs and database of its Open vSwitch. */
export function ovsRunDir(node: string): string {
  return `/run/sallyport/${node}/openvswitch`;
}

/**
 * The bash script, for a namespace and with `ovsEnvironment`, that makes it a Node. It has kernel
 * settings, the routes and rules of kindnetd, kube-proxy's chains, and its own Open vSwitch.
 */
export function renderNodeScript(node: NodeAddresses, nodes: readonly NodeAddresses[]): string {
  return [
    // RHEL and several CNIs set the strict reverse-path filter; Debian's and Ubuntu's settings are
    // less strict.
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
 * kindnetd's rules in the nat table: packets to any destination but Pods get the Node's address.
 * For
 * `iptables-restore --noflush`.
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

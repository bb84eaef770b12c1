import { createHash } from 'node:crypto';
import { POD_NETWORK } from '../network/address-plan.ts';
import type { ServicePort } from './service-port.ts';

/** The rules of a Node as kube-proxy writes them, with the chains of single Services. */
export interface KubeProxyRules {
  /** For `iptables-restore --noflush`: the tables filter and nat. */
  readonly restore: string;
  /** Chains of the nat table for one Service or endpoint, which a later sync may have to delete. */
  readonly chains: readonly string[];
}

/** The tables that kube-proxy writes to. */
export type KubeProxyTable = 'filter' | 'nat';

const MASQUERADE_MARK = '0x4000';
const FILTER_CHAINS = ['KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-SERVICES'];
const NAT_CHAINS = ['KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-SERVICES'];

interface RenderedService {
  readonly chains: readonly string[];
  /** Rules of KUBE-SERVICES and KUBE-NODEPORTS. */
  readonly entries: readonly string[];
  /** Rules of the Service's own chains. */
  readonly rules: readonly string[];
}

/** The jumps into kube-proxy's chains of one table, with the chains, for a new or flushed table. */
export function renderKubeProxyJumps(table: KubeProxyTable): string {
  switch (table) {
    case 'filter':
      return [
        '*filter',
        ...FILTER_CHAINS.map(declaration),
        '-I INPUT -m conntrack --ctstate NEW -j KUBE-NODEPORTS',
        '-I FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES',
        '-I FORWARD -j KUBE-FORWARD',
        '-I OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES',
        'COMMIT',
      ].join('\n');
    case 'nat':
      return [
        '*nat',
        ...NAT_CHAINS.map(declaration),
        '-I PREROUTING -j KUBE-SERVICES',
        '-I OUTPUT -j KUBE-SERVICES',
        '-I POSTROUTING -j KUBE-POSTROUTING',
        'COMMIT',
      ].join('\n');
  }
}

/**
 * The rules of a Node for all Services: iptables mode, cluster CIDR as the detector of local
 * traffic, externalTrafficPolicy Cluster. Every Node has the same rules.
 * @param previousChains the chains of the previous sync
 */
export function renderKubeProxyRules(
  services: readonly ServicePort[],
  previousChains: readonly string[],
): KubeProxyRules {
  const rendered = services.filter((service) => service.endpoints.length > 0).map(renderService);
  const chains = rendered.flatMap((service) => service.chains);
  const stale = previousChains.filter((chain) => !chains.includes(chain));
  const restore = [
    '*filter',
    ...FILTER_CHAINS.map(declaration),
    ...services.filter((service) => service.endpoints.length === 0).flatMap(renderRejects),
    // Without this rule, packets that conntrack classifies as INVALID are forwarded without NAT.
    '-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP',
    `-A KUBE-FORWARD -m mark --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j ACCEPT`,
    '-A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
    'COMMIT',
    '*nat',
    ...[...NAT_CHAINS, ...chains, ...stale].map(declaration),
    ...rendered.flatMap((service) => service.entries),
    '-A KUBE-SERVICES ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
    ...rendered.flatMap((service) => service.rules),
    `-A KUBE-MARK-MASQ -j MARK --or-mark ${MASQUERADE_MARK}`,
    `-A KUBE-POSTROUTING -m mark ! --mark ${MASQUERADE_MARK}/${MASQUERADE_MARK} -j RETURN`,
    `-A KUBE-POSTROUTING -j MARK --xor-mark ${MASQUERADE_MARK}`,
    '-A KUBE-POSTROUTING -j MASQUERADE --random-fully',
    ...stale.map((chain) => `-X ${chain}`),
    'COMMIT',
    '',
  ].join('\n');
  return { restore, chains };
}

function declaration(chain: string): string {
  return `:${chain} - [0:0]`;
}

function renderService(service: ServicePort): RenderedService {
  const { key, protocol, clusterIP, port, nodePort, loadBalancerIPs, endpoints } = service;
  const svc = `KUBE-SVC-${chainHash(key, protocol)}`;
  const ext = `KUBE-EXT-${chainHash(key, protocol)}`;
  const isExternal = nodePort !== undefined || loadBalancerIPs.length > 0;
  const targets = endpoints.map(({ ip, port: targetPort }) => {
    const address = `${ip}:${String(targetPort)}`;
    return { ip, address, chain: `KUBE-SEP-${chainHash(key, protocol, address)}` };
  });
  const match = `-p ${protocol} -m ${protocol} --dport`;
  return {
    chains: [svc, ...(isExternal ? [ext] : []), ...targets.map(({ chain }) => chain)],
    entries: [
      `-A KUBE-SERVICES -d ${clusterIP}/32 ${match} ${String(port)} -j ${svc}`,
      ...loadBalancerIPs.map(
        (ip) => `-A KUBE-SERVICES -d ${ip}/32 ${match} ${String(port)} -j ${ext}`,
      ),
      ...(nodePort === undefined
        ? []
        : [`-A KUBE-NODEPORTS ${match} ${String(nodePort)} -j ${ext}`]),
    ],
    rules: [
      ...(isExternal ? [`-A ${ext} -j KUBE-MARK-MASQ`, `-A ${ext} -j ${svc}`] : []),
      `-A ${svc} ! -s ${POD_NETWORK} -d ${clusterIP}/32 ${match} ${String(port)} -j KUBE-MARK-MASQ`,
      ...targets.map(({ chain }, index) => {
        const left = targets.length - index;
        return `-A ${svc} ${left === 1 ? '' : `-m statistic --mode random --probability ${(1 / left).toFixed(11)} `}-j ${chain}`;
      }),
      ...targets.flatMap(({ ip, address, chain }) => [
        // A Pod that reaches itself through its Service must not see its own address as source.
        `-A ${chain} -s ${ip}/32 -j KUBE-MARK-MASQ`,
        `-A ${chain} -p ${protocol} -m ${protocol} -j DNAT --to-destination ${address}`,
      ]),
    ],
  };
}

/** kube-proxy's naming: the first 80 bits of a SHA-256, as 16 characters in base 32. */
function chainHash(...parts: readonly string[]): string {
  const digest = createHash('sha256').update(parts.join('')).digest('hex');
  const bits = BigInt(`0x${digest.slice(0, 20)}`);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return Array.from(
    { length: 16 },
    (_, index) => alphabet[Number((bits >> BigInt(75 - 5 * index)) & 31n)] ?? '',
  ).join('');
}

function renderRejects({
  protocol,
  clusterIP,
  port,
  nodePort,
  loadBalancerIPs,
}: ServicePort): readonly string[] {
  const match = `-p ${protocol} -m ${protocol} --dport`;
  return [
    ...[clusterIP, ...loadBalancerIPs].map(
      (ip) => `-A KUBE-SERVICES -d ${ip}/32 ${match} ${String(port)} -j REJECT`,
    ),
    ...(nodePort === undefined
      ? []
      : [`-A KUBE-NODEPORTS -m addrtype --dst-type LOCAL ${match} ${String(nodePort)} -j REJECT`]),
  ];
}

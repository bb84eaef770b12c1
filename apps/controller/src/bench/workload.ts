import type { Egress, Labels } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import type { Node } from '@sallyport/kube';

/** The numbers of objects in a cluster that is made by rule. */
export interface Size {
  readonly pods: number;
  readonly namespaces: number;
  readonly nodes: number;
  /** A multiple of 5: each team has an Egress for each of five roles. */
  readonly egresses: number;
}

/** The Pods of one Deployment, which share all labels. */
const REPLICAS = 5;
const ROLES = 10;
/** The first roles have an Egress in each team, so that about half of the Pods are selected. */
const SELECTED_ROLES = 5;

/** Namespace `n` belongs to a team. */
export function namespaceAt(size: Size, n: number): Namespace {
  const name = `ns-${n}`;
  return { name, labels: { 'kubernetes.io/metadata.name': name, team: teamOf(size, n) } };
}

/** The name of the team to which Namespace `n` belongs. */
export function teamOf(size: Size, n: number): string {
  return `team-${n % (size.egresses / SELECTED_ROLES)}`;
}

/** Pods are dealt to the Namespaces in turn. In each, five in a row are one Deployment. */
export function podAt(size: Size, p: number): Pod {
  const { namespace, deployment, replica } = placeOf(size, p);
  return {
    namespace: `ns-${namespace}`,
    name: `app-${deployment}-${replica}`,
    labels: podLabels(namespace, deployment, roleAt(namespace, deployment)),
    nodeName: `node-${mix(p ^ 0x5bd1e995) % size.nodes}`,
    ips: [`10.${64 + (p >>> 16)}.${(p >>> 8) & 255}.${p & 255}`],
    phase: 'Running',
    hostNetwork: false,
    terminating: false,
  };
}

/** The same Pod with the labels of another role, by which it is selected if it was not before. */
export function relabelled(size: Size, p: number): Pod {
  const { namespace, deployment } = placeOf(size, p);
  const role = (roleAt(namespace, deployment) + SELECTED_ROLES) % ROLES;
  return { ...podAt(size, p), labels: podLabels(namespace, deployment, role) };
}

/** A Node that is Ready. */
export function nodeAt(m: number): Node {
  return { name: `node-${m}`, ips: [`172.16.${m >>> 8}.${m & 255}`], podCIDRs: [], ready: true };
}

/** Egress `e` selects one role in the Namespaces of one team. */
export function egressAt(e: number): Egress {
  const team = `team-${Math.floor(e / SELECTED_ROLES)}`;
  return egressFor(`egress-${e}`, e, { role: `role-${e % SELECTED_ROLES}` }, { team });
}

/** An Egress with its own egress IP, number `e`, for Pods and Namespaces with these labels. */
export function egressFor(name: string, e: number, pods: Labels, namespaces: Labels): Egress {
  return {
    name,
    uid: `uid-${name}`,
    generation: 1,
    createdAtMs: 1_700_000_000_000 + e * 1000,
    appliedTo: {
      podSelector: { matchLabels: pods },
      namespaceSelector: { matchLabels: namespaces },
    },
    egressIPs: [egressIpAt(e)],
    externalIPPools: [],
    unavailable: 'Drop',
  };
}

/** The egress IP number `e`. */
export function egressIpAt(e: number): string {
  return `192.168.${e >>> 8}.${e & 255}`;
}

/** The members by the rule of the cluster, without any selector: `egress|namespace/name|node`. */
export function expectedMembers(size: Size): readonly string[] {
  return times(size.pods, (p) => {
    const { namespace, deployment } = placeOf(size, p);
    const role = roleAt(namespace, deployment);
    const team = namespace % (size.egresses / SELECTED_ROLES);
    const { namespace: namespaceName, name, nodeName = '' } = podAt(size, p);
    return role < SELECTED_ROLES
      ? [`egress-${team * SELECTED_ROLES + role}|${namespaceName}/${name}|${nodeName}`]
      : [];
  }).flat();
}

/** The numbers of `count` different Pods. */
export function someOf(size: Size, count: number): readonly number[] {
  const chosen = new Set<number>();
  for (let i = 0; chosen.size < Math.min(count, size.pods); i += 1) {
    chosen.add(mix(1_000_003 + i) % size.pods);
  }
  return [...chosen];
}

/** The number of lines and the FNV-1a hash of the sorted lines, each ended by a newline. */
export function digestOf(lines: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const line of lines.toSorted()) {
    for (const byte of Buffer.from(`${line}\n`)) {
      hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    }
  }
  return `${lines.length}:${hex(hash)}`;
}

/** The results of `make` for 0 to `count` - 1. */
export function times<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

interface PodPlace {
  readonly namespace: number;
  readonly deployment: number;
  readonly replica: number;
}

function placeOf({ namespaces }: Size, p: number): PodPlace {
  const inNamespace = Math.floor(p / namespaces);
  return {
    namespace: p % namespaces,
    deployment: Math.floor(inNamespace / REPLICAS),
    replica: inNamespace % REPLICAS,
  };
}

function roleAt(namespace: number, deployment: number): number {
  return mix(namespace * 64 + deployment) % ROLES;
}

function podLabels(namespace: number, deployment: number, role: number): Labels {
  return {
    app: `app-${deployment}`,
    role: `role-${role}`,
    'pod-template-hash': hex(mix(namespace * 64 + deployment)),
  };
}

/** A hash with little bias, of a 32-bit number. */
function mix(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b) >>> 0;
  return (bits ^ (bits >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

import type { Egress, Labels } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import type { ClusterDelta } from '@sallyport/kube';
import { BenchCluster, cpuMs, heapMB } from './bench-cluster.ts';
import { knownDigestOf } from './digests.ts';
import type { Quantiles } from './quantiles.ts';
import { quantilesOf } from './quantiles.ts';
import type { Size } from './workload.ts';
import {
  digestOf,
  egressAt,
  egressFor,
  egressIpAt,
  expectedMembers,
  namespaceAt,
  nodeAt,
  podAt,
  relabelled,
  someOf,
  teamOf,
  times,
} from './workload.ts';

/** The figures of one size. Times of changes: until the events are in the hands of the watchers. */
export interface Figures extends Size {
  readonly digest: string;
  /** From the first object to the last published group. */
  readonly allGroupsMs: number;
  readonly allGroupsCpuMs: number;
  /** Beyond the objects of the cluster. */
  readonly heapMB: number;
  /** One Pod gets labels that no other Pod has. */
  readonly relabelMs: Quantiles;
  /** One Pod gets labels that other Pods have. */
  readonly relabelKnownMs: Quantiles;
  readonly addPodMs: Quantiles;
  readonly deletePodMs: Quantiles;
  readonly movePodMs: Quantiles;
  /** A Namespace with 1,000 Pods moves from one team to another and back. */
  readonly relabelNamespaceMs: Quantiles;
  /** An Egress comes that selects Pods without one. */
  readonly addEgressMs: Quantiles;
  /** An egress IP moves to another Node. */
  readonly moveIpMs: Quantiles;
  /** Pods relabelled in batches of {@link BATCH}, with one decision for each. */
  readonly eventsPerSecond: number;
}

const CHANGES = 1000;
const FEW_CHANGES = 100;
const MANY_EVENTS = 50_000;
/** The events within 20 ms, the least time between two decisions, at 25,000 a second. */
const BATCH = 500;
const LARGE = 'large';

/** Makes the cluster, checks the groups, and measures. Throws if the groups are wrong. */
export function measure(size: Size): Figures {
  const objects = arrivalsOf(size);
  const cluster = new BenchCluster();
  for (let m = 0; m < size.nodes; m += 1) {
    cluster.report(nodeAt(m).name, ipsOf(size, m));
  }
  const heapBefore = heapMB();
  const [startedAt, cpuBefore] = [performance.now(), cpuMs()];
  for (const object of objects) {
    cluster.send(object);
  }
  cluster.tick();
  const allGroupsMs = performance.now() - startedAt;
  const allGroupsCpuMs = cpuMs() - cpuBefore;
  const heap = heapMB() - heapBefore;
  // This use keeps the objects until here: they are no part of the heap.
  objects.length = 0;
  const digest = checkedDigest(size, cluster.members());
  cluster.watch(times(size.nodes, (m) => nodeAt(m).name));
  return {
    ...size,
    digest,
    allGroupsMs,
    allGroupsCpuMs,
    heapMB: heap,
    ...podChanges(size, cluster),
    addEgressMs: addEgresses(size, cluster),
    moveIpMs: moveIps(size, cluster),
    relabelNamespaceMs: relabelNamespace(size, cluster),
    eventsPerSecond: sustained(size, cluster),
  };
}

function arrivalsOf(size: Size): ClusterDelta[] {
  return [
    ...times(size.nodes, (m) => ({ kind: 'node' as const, ...came(nodeAt(m).name, nodeAt(m)) })),
    ...times(size.namespaces, (n) => namespaceDelta(namespaceAt(size, n))),
    ...times(size.egresses, (e) => egressDelta(egressAt(e))),
    ...times(size.pods, (p) => podDelta(podAt(size, p))),
  ];
}

/** Egress IP e is on Node e modulo the number of Nodes. */
function ipsOf({ egresses, nodes }: Size, m: number): readonly string[] {
  return times(Math.ceil((egresses - m) / nodes), (i) => egressIpAt(m + i * nodes));
}

function checkedDigest(size: Size, members: readonly string[]): string {
  const digest = digestOf(members);
  for (const right of [digestOf(expectedMembers(size)), knownDigestOf(size) ?? digest]) {
    if (digest !== right) {
      throw new Error(`the groups are wrong: their digest is ${digest}, not ${right}`);
    }
  }
  return digest;
}

type PodFigures = Pick<
  Figures,
  'relabelMs' | 'relabelKnownMs' | 'addPodMs' | 'deletePodMs' | 'movePodMs'
>;

function podChanges(size: Size, cluster: BenchCluster): PodFigures {
  const chosen = someOf(size, CHANGES);
  const timesOf = (after: (p: number) => Pod): Quantiles =>
    quantilesOf(chosen.map((p) => timeOf(cluster, [podDelta(after(p))])));
  return {
    relabelMs: timesOf((p) => relabelled(size, p)),
    relabelKnownMs: timesOf((p) => podAt(size, p)),
    movePodMs: timesOf((p) => ({ ...podAt(size, p), nodeName: nodeAt(p % size.nodes).name })),
    deletePodMs: quantilesOf(
      chosen.map((p) => timeOf(cluster, [podDelta(podAt(size, p), 'is gone')])),
    ),
    addPodMs: timesOf((p) => podAt(size, p)),
  };
}

function addEgresses(size: Size, cluster: BenchCluster): Quantiles {
  const count = Math.min(FEW_CHANGES, size.namespaces);
  const egresses = times(count, (i) => {
    const labels = { team: teamOf(size, i) };
    return egressFor(`added-${i}`, size.egresses + i, { role: 'role-5' }, labels);
  });
  return quantilesOf(egresses.map((egress) => timeOf(cluster, [egressDelta(egress)])));
}

function moveIps(size: Size, cluster: BenchCluster): Quantiles {
  const count = Math.min(FEW_CHANGES, size.egresses);
  return quantilesOf(
    times(count, (e) => {
      const [from, to] = [e % size.nodes, (e + 1) % size.nodes];
      const startedAt = performance.now();
      cluster.report(
        nodeAt(from).name,
        ipsOf(size, from).filter((ip) => ip !== egressIpAt(e)),
      );
      cluster.report(nodeAt(to).name, [...ipsOf(size, to), egressIpAt(e)]);
      cluster.tick();
      cluster.receive();
      const time = performance.now() - startedAt;
      cluster.report(nodeAt(to).name, ipsOf(size, to));
      cluster.report(nodeAt(from).name, ipsOf(size, from));
      cluster.tick();
      cluster.receive();
      return time;
    }),
  );
}

function relabelNamespace(size: Size, cluster: BenchCluster): Quantiles {
  cluster.send(namespaceDelta({ name: LARGE, labels: { team: teamOf(size, 0) } }));
  for (let i = 0; i < 1000; i += 1) {
    const ips = [`10.60.${i >>> 8}.${i & 255}`];
    const pod = { ...podAt(size, (i * 7919) % size.pods), namespace: LARGE, name: `pod-${i}`, ips };
    cluster.send(podDelta(pod));
  }
  cluster.tick();
  cluster.receive();
  return quantilesOf(
    times(FEW_CHANGES, (i) => {
      const labels: Labels = { team: teamOf(size, i + 1) };
      return timeOf(cluster, [namespaceDelta({ name: LARGE, labels })]);
    }),
  );
}

function sustained(size: Size, cluster: BenchCluster): number {
  const deltas = times(MANY_EVENTS, (i) => {
    const p = (i * 7919) % size.pods;
    const isOdd = Math.floor((i * 7919) / size.pods) % 2 === 1;
    return podDelta(isOdd ? podAt(size, p) : relabelled(size, p));
  });
  const startedAt = performance.now();
  for (let start = 0; start < deltas.length; start += BATCH) {
    timeOf(cluster, deltas.slice(start, start + BATCH));
  }
  return MANY_EVENTS / ((performance.now() - startedAt) / 1000);
}

/** From the arrival of the changes until all watchers have their events, in milliseconds. */
function timeOf(cluster: BenchCluster, deltas: readonly ClusterDelta[]): number {
  const startedAt = performance.now();
  for (const delta of deltas) {
    cluster.send(delta);
  }
  cluster.tick();
  cluster.receive();
  return performance.now() - startedAt;
}

function podDelta(pod: Pod, isGone?: 'is gone'): ClusterDelta {
  const delta = { kind: 'pod' as const, ...came(podKey(pod), pod) };
  return isGone === undefined ? delta : { ...delta, after: undefined };
}

function namespaceDelta(namespace: Namespace): ClusterDelta {
  return { kind: 'namespace', ...came(namespace.name, namespace) };
}

function egressDelta(egress: Egress): ClusterDelta {
  const { name } = egress;
  return { kind: 'egress', ...came(name, { name, egress, status: {}, resourceVersion: '1' }) };
}

/** The loop does not read the state before. */
function came<T>(key: string, object: T) {
  return { key, before: undefined, after: { object, faults: [] } };
}

import type { GroupMember } from '@sallyport/api';
import { ipFamily } from '@sallyport/api';
import type { Bucket, Effective, EgressEntry, PodEntry } from './entries.ts';
import { hasFamily } from './families.ts';

/** Keeps the members of each Egress on each Node, and which of these lists have changed. */
export class Buckets {
  #dirty = new Set<Bucket>();

  /** Puts the Pod into the buckets of its effective Egresses, on the Node where it is now. */
  put(entry: PodEntry, effective: Effective): void {
    for (const egress of egressesOf(entry, effective)) {
      let bucket = egress.buckets.get(entry.nodeName);
      if (bucket === undefined) {
        bucket = { egress, nodeName: entry.nodeName, pods: [], members: undefined };
        egress.buckets.set(entry.nodeName, bucket);
      }
      bucket.pods.splice(placeOf(entry, bucket.pods), 0, entry);
      this.#touch(bucket);
    }
  }

  /** The reverse of `put`. */
  take(entry: PodEntry, effective: Effective): void {
    for (const egress of egressesOf(entry, effective)) {
      const bucket = egress.buckets.get(entry.nodeName);
      if (bucket === undefined) {
        continue;
      }
      bucket.pods.splice(placeOf(entry, bucket.pods), 1);
      this.#touch(bucket);
      if (bucket.pods.length === 0) {
        egress.buckets.delete(entry.nodeName);
      }
    }
  }

  /** The buckets that have changed since the last call, also those that are gone. */
  takeDirty(): ReadonlySet<Bucket> {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    return dirty;
  }

  #touch(bucket: Bucket): void {
    bucket.members = undefined;
    this.#dirty.add(bucket);
  }
}

/** The members in a bucket, sorted by namespace and name. The same list while they are the same. */
export function membersOf(bucket: Bucket): readonly GroupMember[] {
  return (bucket.members ??= bucket.pods.map((entry) => memberFor(entry, bucket.egress)));
}

/** The different effective Egresses for the families of the Pod. */
function egressesOf({ families }: PodEntry, { IPv4, IPv6 }: Effective): readonly EgressEntry[] {
  const one = IPv4 !== undefined && hasFamily(families, 'IPv4') ? [IPv4] : [];
  return IPv6 !== undefined && IPv6 !== one[0] && hasFamily(families, 'IPv6')
    ? [...one, IPv6]
    : one;
}

function memberFor(entry: PodEntry, egress: EgressEntry): GroupMember {
  const { pod, ips, item, families } = entry;
  const effective = item?.effective;
  const isWhole =
    (!hasFamily(families, 'IPv4') || effective?.IPv4 === egress) &&
    (!hasFamily(families, 'IPv6') || effective?.IPv6 === egress);
  if (isWhole && entry.member !== undefined) {
    return entry.member;
  }
  const member = {
    pod: { namespace: pod.namespace, name: pod.name },
    ips: isWhole ? ips : ips.filter((ip) => effective?.[ipFamily(ip)] === egress),
  };
  if (isWhole) {
    entry.member = member;
  }
  return member;
}

/** The place of the Pod in a list that is sorted by key: where it is, or where it belongs. */
function placeOf({ key }: PodEntry, pods: readonly PodEntry[]): number {
  let [low, high] = [0, pods.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((pods[middle]?.key ?? '') < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

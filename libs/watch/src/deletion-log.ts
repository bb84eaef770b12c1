import type { Deletion } from './store-watcher.ts';

interface PartitionedDeletion<T> extends Deletion<T> {
  readonly partition: string;
}

/** The deletions of a store that are on record: a bounded number, the oldest are discarded. */
export class DeletionLog<T> {
  readonly #deletionsKept: number;
  readonly #partitionsKept: number;
  /** The latest deletion of each object, by partition and name; in the order of their versions. */
  readonly #deletions = new Map<string, PartitionedDeletion<T>>();
  /**
   * By partition, the version of the latest deletion that was discarded; in the order of their
   * versions.
   */
  readonly #discarded = new Map<string, number>();
  /** The same for all partitions that are not in `#discarded` any more. */
  #discardedElsewhere: number;
  #floor: number;

  /** @param startVersion the version of the store before its first change */
  constructor(startVersion: number, deletionsKept: number, partitionsKept: number) {
    this.#deletionsKept = deletionsKept;
    this.#partitionsKept = partitionsKept;
    this.#discardedElsewhere = startVersion;
    this.#floor = startVersion;
  }

  /** The oldest version after which no deletion was discarded. */
  get floor(): number {
    return this.#floor;
  }

  /** The deletions of a partition that are on record, in the order of their versions. */
  of(partition: string): readonly Deletion<T>[] {
    return [...this.#deletions.values()].filter((deletion) => deletion.partition === partition);
  }

  /**
   * The version at which an object was deleted. If that deletion is no longer recorded, an upper
   * bound: never earlier than the true version.
   */
  deletedAt(partition: string, name: string): number {
    return (
      this.#deletions.get(keyOf(partition, name))?.version ??
      this.#discarded.get(partition) ??
      this.#discardedElsewhere
    );
  }

  add(partition: string, name: string, deletion: Deletion<T>): void {
    const key = keyOf(partition, name);
    this.#deletions.delete(key);
    this.#deletions.set(key, { ...deletion, partition });
    this.#discardOldest();
  }

  #discardOldest(): void {
    for (const [key, { partition, version }] of this.#deletions) {
      if (this.#deletions.size <= this.#deletionsKept) {
        break;
      }
      this.#deletions.delete(key);
      this.#discarded.delete(partition);
      this.#discarded.set(partition, version);
      this.#floor = version;
    }
    // Partitions are named for Nodes, which come and go for as long as the process lives.
    for (const [partition, version] of this.#discarded) {
      if (this.#discarded.size <= this.#partitionsKept) {
        break;
      }
      this.#discarded.delete(partition);
      this.#discardedElsewhere = version;
    }
  }
}

/** No name of Kubernetes has a slash. */
function keyOf(partition: string, name: string): string {
  return `${partition}/${name}`;
}

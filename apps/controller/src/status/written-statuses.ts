import type { EgressStatus } from '@sallyport/api';
import type { ObservedEgress } from '@sallyport/kube';

/** A status, and the version of the Egress that has it. */
export interface StatusVersion {
  readonly status: EgressStatus;
  readonly resourceVersion: string;
}

/** Remembers the writes that the informer does not show yet. All maps are by uid. */
export class WrittenStatuses {
  /** A pass before the informer shows a status would otherwise plan from the one before. */
  readonly #written = new Map<string, StatusVersion>();
  /** The version before a write without an answer, which may have been carried out. */
  readonly #beforeUnanswered = new Map<string, StatusVersion>();

  /** The latest status that is known. */
  latest({ egress, status, resourceVersion }: ObservedEgress): StatusVersion {
    const written = this.#written.get(egress.uid);
    if (written !== undefined && BigInt(resourceVersion) < BigInt(written.resourceVersion)) {
      return written;
    }
    this.#written.delete(egress.uid);
    return { status, resourceVersion };
  }

  answered(uid: string, after: StatusVersion): void {
    this.#written.set(uid, after);
    this.#beforeUnanswered.delete(uid);
  }

  unanswered(uid: string, before: StatusVersion): void {
    if (!this.#beforeUnanswered.has(uid)) {
      this.#beforeUnanswered.set(uid, before);
    }
  }

  /**
   * Once after a write without an answer, when the informer shows a later version of the Egress:
   * the status before the write. Events about the way from there to the present status are due.
   */
  takeUnanswered({ egress, resourceVersion }: ObservedEgress): EgressStatus | undefined {
    const before = this.#beforeUnanswered.get(egress.uid);
    if (before === undefined || BigInt(resourceVersion) <= BigInt(before.resourceVersion)) {
      return undefined;
    }
    this.#beforeUnanswered.delete(egress.uid);
    return before.status;
  }

  /** Drops everything about Egresses that no longer exist. */
  retain(egresses: Iterable<ObservedEgress>): void {
    if (this.#written.size === 0 && this.#beforeUnanswered.size === 0) {
      return;
    }
    const existing = new Set([...egresses].map(({ egress }) => egress.uid));
    for (const map of [this.#written, this.#beforeUnanswered]) {
      for (const uid of map.keys()) {
        if (!existing.has(uid)) {
          map.delete(uid);
        }
      }
    }
  }
}

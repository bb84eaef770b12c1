import { isDeepStrictEqual } from 'node:util';
import type { Egress, EgressStatus } from '@sallyport/api';
import type { ObservedEgress } from '@sallyport/kube';
import { retryAfterMsIn } from '@sallyport/kube';
import type { ProgressInput, StatusEvent } from '@sallyport/status';
import { eventsFor, planStatus, progressOf } from '@sallyport/status';
import type { Decision } from '../loop/decider.ts';
import type { StatusVersion } from './written-statuses.ts';
import { WrittenStatuses } from './written-statuses.ts';

/** A status is written to this version of the Egress only. */
export type VersionOfEgress = Pick<ObservedEgress, 'name' | 'resourceVersion'>;

/** The writes that a pass makes to the API server. */
export interface StatusPort {
  /**
   * Writes the status of exactly this version of the Egress. Returns the version after the write,
   * or `stale` if the version no longer exists: the Egress has changed, was deleted, or was
   * re-created. When it rejects, the write may have been carried out all the same.
   */
  write(
    egress: VersionOfEgress,
    status: EgressStatus,
  ): Promise<{ readonly resourceVersion: string } | 'stale'>;
  record(egress: Egress, event: StatusEvent): Promise<void>;
}

/** `placements`: only the Egresses whose placement differs from their status. */
export type StatusScope = 'placements' | 'everything';

/** A decision and the progress of the Nodes at one moment, `now`. */
export interface PassInput {
  readonly decision: Decision;
  readonly progress: ProgressInput;
  readonly now: Date;
  readonly scope: StatusScope;
  /**
   * The names of the Egresses whose status may differ. The pass takes out those that are up to
   * date. Default: all.
   */
  readonly due?: Set<string>;
  /** Whether no new placement waits to be written. Default: always. */
  readonly isCurrent?: () => boolean;
}

/** Writes under way at once. */
const CONCURRENCY = 8;

interface PlannedStatus {
  readonly previous: StatusVersion;
  readonly status: EgressStatus;
}

/** Writes the desired status of Egresses where the present one differs. */
export class StatusPass {
  readonly #port: StatusPort;
  readonly #written = new WrittenStatuses();

  constructor(port: StatusPort) {
    this.#port = port;
  }

  /**
   * Brings the status of the Egresses up to date, those with another placement first. Rejects with
   * all failures after it has tried every Egress, or once the API server asks for a pause.
   * Resolves with `outdated`, and starts no further write, once it is not current any more.
   */
  async run(input: PassInput): Promise<'done' | 'outdated'> {
    const { isCurrent = () => true, due = new Set(input.decision.egresses.keys()) } = input;
    this.#written.retain(input.decision.egresses.values());
    for (const name of due) {
      if (!input.decision.egresses.has(name)) {
        due.delete(name);
      }
    }
    const failures: unknown[] = [];
    let pausing = false;
    const waiting = this.#ordered(input, due).values();
    const work = async (): Promise<void> => {
      for (const observed of waiting) {
        if (pausing || !isCurrent()) {
          return;
        }
        try {
          await this.#bringUpToDate(observed, input);
          due.delete(observed.name);
        } catch (error) {
          failures.push(error);
          pausing ||= retryAfterMsIn(error) > 0;
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (failures.length > 0) {
      throw new AggregateError(failures, `the status of ${failures.length} Egresses`);
    }
    return isCurrent() ? 'done' : 'outdated';
  }

  #ordered(input: PassInput, due: Set<string>): readonly ObservedEgress[] {
    const { egresses: all } = input.decision;
    const egresses = [...due].flatMap((name) => all.get(name) ?? []);
    const urgent = new Set(
      egresses.filter((observed) => {
        const planned = this.#plan(observed, input);
        return planned !== undefined && !haveSamePlacement(planned.status, planned.previous.status);
      }),
    );
    return input.scope === 'placements'
      ? [...urgent]
      : [...urgent, ...egresses.filter((observed) => !urgent.has(observed))];
  }

  async #bringUpToDate(observed: ObservedEgress, input: PassInput): Promise<void> {
    const { egress } = observed;
    const unanswered = this.#written.takeUnanswered(observed);
    if (unanswered !== undefined) {
      await this.#recordEvents(egress, unanswered, observed.status);
    }
    // Planned again just before the write, since Nodes may have reported meanwhile.
    const planned = this.#plan(observed, input);
    if (planned === undefined || isDeepStrictEqual(planned.status, planned.previous.status)) {
      return;
    }
    const { previous, status } = planned;
    const outcome = await this.#write(egress, previous, status);
    // The informer is about to show the present version, which starts the next pass.
    if (outcome === 'stale') {
      return;
    }
    this.#written.answered(egress.uid, { status, resourceVersion: outcome.resourceVersion });
    await this.#recordEvents(egress, previous.status, status);
  }

  async #write(
    { name, uid }: Egress,
    previous: StatusVersion,
    status: EgressStatus,
  ): ReturnType<StatusPort['write']> {
    try {
      return await this.#port.write({ name, resourceVersion: previous.resourceVersion }, status);
    } catch (error) {
      this.#written.unanswered(uid, previous);
      throw error;
    }
  }

  async #recordEvents(egress: Egress, from: EgressStatus, to: EgressStatus): Promise<void> {
    for (const event of eventsFor(from, to)) {
      await this.#port.record(egress, event);
    }
  }

  #plan(observed: ObservedEgress, input: PassInput): PlannedStatus | undefined {
    const { decision, progress, now } = input;
    const { name } = observed;
    const tally = decision.index.tally(name);
    const placement = decision.placements.get(name);
    // The Egress has gone since the pass began.
    if (tally === undefined || placement === undefined) {
      return undefined;
    }
    const previous = this.#written.latest(observed);
    const status = planStatus({
      egress: observed.egress,
      tally,
      faults: decision.faults.get(name) ?? [],
      placement,
      network: decision.network,
      progress: progressOf(name, decision, progress),
      previous: previous.status,
      now,
    });
    return { previous, status };
  }
}

function haveSamePlacement(a: EgressStatus, b: EgressStatus): boolean {
  return isDeepStrictEqual(placementIn(a), placementIn(b));
}

function placementIn({ conditions = [], egressNode, egressIP }: EgressStatus): unknown {
  const assigned = conditions.find(({ type }) => type === 'IPAssigned');
  return [egressNode, egressIP, assigned?.status, assigned?.reason];
}

import { isDeepStrictEqual } from 'node:util';
import type { Egress, EgressStatus } from '@sallyport/api';
import type { EgressEvent, ObservedEgress } from '@sallyport/kube';
import type { Decision } from '../decide/decide.ts';
import { eventsFor } from './events-for.ts';
import type { ProgressInput } from './node-progress.ts';
import { progressOf } from './node-progress.ts';
import { planStatus } from './plan-status.ts';

export type VersionOfEgress = Pick<ObservedEgress, 'name' | 'resourceVersion'>;

/** What writing the status needs of the API server. */
export interface StatusPort {
  /**
   * Writes the status of exactly this version of the Egress. Returns the version with it, or
   * `stale` when there is no such version any more: the Egress has changed or gone, or another one
   * has its name.
   */
  write(
    egress: VersionOfEgress,
    status: EgressStatus,
  ): Promise<{ readonly resourceVersion: string } | 'stale'>;
  record(egress: Egress, event: EgressEvent): Promise<void>;
}

/** `holders`: only the Egresses whose IP has got another holder, or none, or several. */
export type StatusScope = 'holders' | 'everything';

export interface StatusPass {
  /**
   * Brings the status of the Egresses up to date, those with another holder first. Rejects with all
   * failures after it has tried each Egress. Starts on no further one when the decision is not the
   * current one any more, and then resolves with `outdated`.
   */
  run(
    decision: Decision,
    progress: ProgressInput,
    now: Date,
    scope: StatusScope,
    isCurrent?: () => boolean,
  ): Promise<'done' | 'outdated'>;
}

/** Writes under way at once. */
const CONCURRENCY = 8;

interface StatusVersion {
  readonly status: EgressStatus;
  readonly resourceVersion: string;
}

/** Writes the status of Egresses where it is not what it should be. */
export function createStatusPass(port: StatusPort): StatusPass {
  /**
   * By uid, what we wrote, until the informer shows it to us: else a pass in between would decide
   * by what was before.
   */
  const written = new Map<string, StatusVersion>();

  const latest = ({ egress, status, resourceVersion }: ObservedEgress): StatusVersion => {
    const ours = written.get(egress.uid);
    if (ours !== undefined && BigInt(resourceVersion) < BigInt(ours.resourceVersion)) {
      return ours;
    }
    written.delete(egress.uid);
    return { status, resourceVersion };
  };

  const plan = (
    observed: ObservedEgress,
    decision: Decision,
    progress: ProgressInput,
    now: Date,
  ): { readonly previous: StatusVersion; readonly status: EgressStatus } | undefined => {
    const { name } = observed;
    const resolved = decision.resolved.get(name);
    const holder = decision.holders.get(name);
    if (resolved === undefined || holder === undefined) {
      return undefined;
    }
    const previous = latest(observed);
    const status = planStatus({
      ...resolved,
      faults: decision.observation.faults.get(name) ?? [],
      holder,
      network: decision.network,
      progress: progressOf(name, decision, progress),
      previous: previous.status,
      now,
    });
    return { previous, status };
  };

  const write = async (
    { egress, name }: ObservedEgress,
    { status: previous, resourceVersion }: StatusVersion,
    status: EgressStatus,
  ): Promise<void> => {
    const outcome = await port.write({ name, resourceVersion }, status);
    // What there is now is on its way to us, and starts the next pass.
    if (outcome === 'stale') {
      return;
    }
    written.set(egress.uid, { status, resourceVersion: outcome.resourceVersion });
    for (const event of eventsFor(previous, status)) {
      await port.record(egress, event);
    }
  };

  return {
    async run(decision, progress, now, scope, isCurrent = () => true) {
      const { egresses } = decision.observation;
      const alive = new Set(egresses.map(({ egress }) => egress.uid));
      for (const uid of written.keys()) {
        if (!alive.has(uid)) {
          written.delete(uid);
        }
      }
      const hasNewHolder = (observed: ObservedEgress): boolean => {
        const planned = plan(observed, decision, progress, now);
        return planned !== undefined && !haveSameHolder(planned.status, planned.previous.status);
      };
      const urgent = new Set(egresses.filter(hasNewHolder));
      const others =
        scope === 'holders' ? [] : egresses.filter((observed) => !urgent.has(observed));
      const failures: unknown[] = [];
      const waiting = [...urgent, ...others].values();
      const work = async (): Promise<void> => {
        for (const observed of waiting) {
          if (!isCurrent()) {
            return;
          }
          // Only now, by what the Nodes have reported meanwhile.
          const planned = plan(observed, decision, progress, now);
          if (planned === undefined || isDeepStrictEqual(planned.status, planned.previous.status)) {
            continue;
          }
          try {
            await write(observed, planned.previous, planned.status);
          } catch (error) {
            failures.push(error);
          }
        }
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
      if (failures.length > 0) {
        throw new AggregateError(failures, `the status of ${failures.length} Egresses`);
      }
      return isCurrent() ? 'done' : 'outdated';
    },
  };
}

function haveSameHolder(a: EgressStatus, b: EgressStatus): boolean {
  return isDeepStrictEqual(assignmentOf(a), assignmentOf(b));
}

function assignmentOf({ conditions = [], egressNode, egressIP }: EgressStatus): unknown {
  const assigned = conditions.find(({ type }) => type === 'IPAssigned');
  return [egressNode, egressIP, assigned?.status, assigned?.reason];
}

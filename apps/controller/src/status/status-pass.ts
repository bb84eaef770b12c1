import type { Egress, EgressStatus } from '@sallyport/api';
import type { EgressEvent, ObservedEgress } from '@sallyport/kube';
import { isDeepStrictEqual } from 'node:util';
import type { Decision } from '../decide/decide.ts';
import { eventsFor } from './events-for.ts';
import { progressOf, type ProgressInput } from './node-progress.ts';
import { planStatus } from './plan-status.ts';

export type VersionOfEgress = Pick<ObservedEgress, 'name' | 'resourceVersion'>;

/** What writing the status needs of the API server. */
export interface StatusPort {
  /**
   * Writes the status of exactly this version of the Egress. Returns the version with it, or `stale` when there is no such version
   * any more: the Egress has changed or gone, or another one has its name.
   */
  write(egress: VersionOfEgress, status: EgressStatus): Promise<{ readonly resourceVersion: string } | 'stale'>;
  record(egress: Egress, event: EgressEvent): Promise<void>;
}

/** `holders`: only the Egresses whose IP has got another holder, or none, or several. */
export type StatusScope = 'holders' | 'everything';

export interface StatusPass {
  /** Brings the status of the Egresses up to date. Rejects with all failures after it has tried each Egress. */
  run(decision: Decision, progress: ProgressInput, now: Date, scope: StatusScope): Promise<void>;
}

const assignmentOf = ({ conditions = [], egressNode, egressIP }: EgressStatus): unknown => {
  const assigned = conditions.find(({ type }) => type === 'IPAssigned');
  return [egressNode, egressIP, assigned?.status, assigned?.reason];
};

const haveSameHolder = (a: EgressStatus, b: EgressStatus): boolean =>
  isDeepStrictEqual(assignmentOf(a), assignmentOf(b));

interface StatusVersion {
  readonly status: EgressStatus;
  readonly resourceVersion: string;
}

/** Writes the status of Egresses where it is not what it should be. */
export const createStatusPass = (port: StatusPort): StatusPass => {
  /** By uid, what we wrote, until the informer shows it to us: else a pass in between would decide by what was before. */
  const written = new Map<string, StatusVersion>();

  const latest = ({ egress, status, resourceVersion }: ObservedEgress): StatusVersion => {
    const ours = written.get(egress.uid);
    if (ours !== undefined && BigInt(resourceVersion) < BigInt(ours.resourceVersion)) return ours;
    written.delete(egress.uid);
    return { status, resourceVersion };
  };

  const update = async (
    observed: ObservedEgress,
    decision: Decision,
    progress: ProgressInput,
    now: Date,
    scope: StatusScope,
  ): Promise<void> => {
    const { egress, name } = observed;
    const resolved = decision.resolved.get(name);
    const holder = decision.holders.get(name);
    if (resolved === undefined || holder === undefined) return;
    const { status: previous, resourceVersion } = latest(observed);
    const status = planStatus({
      ...resolved,
      faults: decision.observation.faults.get(name) ?? [],
      holder,
      progress: progressOf(name, decision, progress),
      previous,
      now,
    });
    const isWritten = scope === 'everything' ? isDeepStrictEqual : haveSameHolder;
    if (isWritten(status, previous)) return;
    const outcome = await port.write({ name, resourceVersion }, status);
    // What there is now is on its way to us, and starts the next pass.
    if (outcome === 'stale') return;
    written.set(egress.uid, { status, resourceVersion: outcome.resourceVersion });
    for (const event of eventsFor(previous, status)) await port.record(egress, event);
  };

  return {
    async run(decision, progress, now, scope) {
      const { egresses } = decision.observation;
      const alive = new Set(egresses.map(({ egress }) => egress.uid));
      for (const uid of written.keys()) if (!alive.has(uid)) written.delete(uid);
      const failures: unknown[] = [];
      for (const observed of egresses) {
        try {
          await update(observed, decision, progress, now, scope);
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, `the status of ${failures.length} Egresses`);
    },
  };
};

import type { KubeClient } from '@sallyport/kube';
import type { Clock } from '@sallyport/reconcile';
import type { ProgressInput } from '@sallyport/status';
import type { Logger } from 'pino';
import type { Concerned, Decision, EgressNames } from '../loop/decider.ts';
import type { StatusLoop } from './status-loop.ts';
import { createStatusLoop } from './status-loop.ts';
import { StatusPass } from './status-pass.ts';
import type { WriteResult } from './status-port.ts';
import { statusPortFor } from './status-port.ts';

/** Reads the decisions of the loop, and writes only to the API server. */
export interface StatusDependencies {
  /** The controller's loop. */
  readonly loop: {
    readonly decision: Decision | undefined;
    progress(): ProgressInput;
    subscribe(listener: {
      readonly decided: (published: unknown, durationMs: number, concerned: Concerned) => void;
      readonly progressed: (egresses: EgressNames) => void;
    }): void;
  };
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly logger: Logger;
  /** Called after each attempt to write a status. */
  readonly count: (result: WriteResult) => void;
}

/** Writes the status of Egresses after decisions, and after reports of progress. */
export function startStatus(deps: StatusDependencies): StatusLoop {
  const { loop, clock, nowMs, logger } = deps;
  const statusPass = new StatusPass(statusPortFor(deps));
  const status = createStatusLoop({
    clock,
    onError: (err) => {
      logger.warn({ err }, 'writing status failed, it will be tried again');
    },
    names: () => loop.decision?.egresses.keys() ?? [],
    async pass(scope, due, isCurrent) {
      const { decision } = loop;
      if (decision === undefined) {
        return 'done';
      }
      const now = new Date(nowMs());
      const progress = loop.progress();
      return statusPass.run({ decision, progress, now, scope, due, isCurrent });
    },
  });
  loop.subscribe({
    decided: (_, __, concerned) => {
      status.decided(concerned);
    },
    progressed: status.progressed,
  });
  return status;
}

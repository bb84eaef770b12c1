import { isDeepStrictEqual } from 'node:util';
import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION, describeError } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';
import type { Findings } from './bounded-findings.ts';

/**
 * `onError` gets the error of an attempt that failed, unless the one before it failed with the same
 * message; the reporter retries by itself.
 */
export interface NodeReporterOptions {
  readonly nodeName: string;
  /** Sends one report to the controller; rejects when the controller did not take it. */
  readonly send: (report: NodeReport) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/** Keeps the controller's copy of the findings up to date. */
export interface NodeReporter {
  /** Sends the findings, unless the controller has them already. */
  report(findings: Findings): void;
  /** Sends the latest findings again, for a controller that may have restarted. */
  repeat(): void;
  stop(): Promise<void>;
}

/** Sends one report at a time. It retries after 200 ms, then after twice as long, up to 5 s. */
export function createNodeReporter({
  nodeName,
  send,
  onError,
  clock,
}: NodeReporterOptions): NodeReporter {
  let latest: Findings | undefined;
  let delivered: Findings | undefined;
  let lastFailure: string | undefined;
  const runner = createRunner({
    clock,
    onError(error) {
      const failure = describeError(error);
      if (failure !== lastFailure) {
        onError(error);
      }
      lastFailure = failure;
    },
    retryMs: 200,
    maxRetryMs: 5000,
    async reconcile() {
      const findings = latest;
      if (findings === undefined || isDeepStrictEqual(findings, delivered)) {
        return;
      }
      // Set before the answer comes, so that a call of repeat() meanwhile is not lost.
      delivered = findings;
      try {
        await send({
          apiVersion: CONTROLPLANE_GROUP_VERSION,
          kind: 'NodeReport',
          metadata: { name: nodeName },
          ...findings,
        });
        lastFailure = undefined;
      } catch (error) {
        delivered = undefined;
        throw error;
      }
    },
  });
  return {
    report(findings) {
      latest = findings;
      runner.trigger();
    },
    repeat() {
      delivered = undefined;
      runner.trigger();
    },
    stop: () => runner.stop(),
  };
}

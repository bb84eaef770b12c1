import { isDeepStrictEqual } from 'node:util';
import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import type { Clock } from '@sallyport/reconcile';
import { createRunner } from '@sallyport/reconcile';

/** What the agent has to tell. */
export type Findings = Omit<NodeReport, 'apiVersion' | 'kind' | 'metadata'>;

export interface NodeReporterOptions {
  readonly nodeName: string;
  /** Delivers one report to the controller; rejects when it was not taken. */
  readonly send: (report: NodeReport) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly clock: Clock;
}

/** Keeps the controller told of the latest findings. */
export interface NodeReporter {
  /** Sends the findings at once, unless the controller has them. */
  report(findings: Findings): void;
  /** Sends the latest findings again: the controller may have forgotten them. */
  repeat(): void;
  stop(): Promise<void>;
}

export function createNodeReporter({
  nodeName,
  send,
  onError,
  clock,
}: NodeReporterOptions): NodeReporter {
  let latest: Findings | undefined;
  let delivered: Findings | undefined;
  const runner = createRunner({
    clock,
    onError,
    retryMs: 200,
    maxRetryMs: 5000,
    async reconcile() {
      const findings = latest;
      if (findings === undefined || isDeepStrictEqual(findings, delivered)) {
        return;
      }
      delivered = findings;
      try {
        const metadata = { name: nodeName };
        await send({
          apiVersion: CONTROLPLANE_GROUP_VERSION,
          kind: 'NodeReport',
          metadata,
          ...findings,
        });
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

import type { KubeClient } from '@sallyport/kube';
import { createEventRecorder, KubeApiError, writeEgressStatus } from '@sallyport/kube';
import type { Logger } from 'pino';
import type { StatusPort } from './status-pass.ts';

/** `stale`: the Egress has changed or is gone, so the API server refused the write. */
export type WriteResult = 'written' | 'stale' | 'failed';

/** The port logs failed writes itself. */
export interface StatusPortOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Called after each attempt to write a status. */
  readonly count: (result: WriteResult) => void;
}

/** Writes the status of Egresses and Events about them to the API server. */
export function statusPortFor({ client, logger, nowMs, count }: StatusPortOptions): StatusPort {
  const events = createEventRecorder(client);
  return {
    async write(egress, status) {
      try {
        const resourceVersion = await writeEgressStatus(client, egress, status);
        count('written');
        logger.debug({ egress: egress.name, status }, 'status written');
        return { resourceVersion };
      } catch (error) {
        const stale =
          error instanceof KubeApiError && (error.status === 404 || error.status === 409);
        count(stale ? 'stale' : 'failed');
        if (stale) {
          return 'stale';
        }
        throw error;
      }
    },
    async record(egress, event) {
      const level = event.type === 'Warning' ? 'warn' : 'info';
      logger[level]({ egress: egress.name, ...event }, 'outcome changed');
      try {
        await events.record(egress, event, nowMs());
      } catch (err) {
        // The condition has the same information, so a lost Event is not written again.
        logger.warn({ egress: egress.name, err }, 'recording an Event failed');
      }
    },
  };
}

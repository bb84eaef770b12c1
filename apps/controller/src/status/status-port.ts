import { KubeApiError, recordEvent, writeEgressStatus, type KubeClient } from '@sallyport/kube';
import type { Logger } from 'pino';
import type { StatusPort } from './status-pass.ts';

export interface StatusPortOptions {
  readonly client: KubeClient;
  readonly logger: Logger;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** Told of each attempt. */
  readonly count: (result: 'written' | 'gone' | 'failed') => void;
}

/** Writes the status of Egresses and Events about them to the API server. */
export const statusPortFor = ({ client, logger, nowMs, count }: StatusPortOptions): StatusPort => ({
  async write({ name }, status) {
    try {
      const resourceVersion = await writeEgressStatus(client, name, status);
      count('written');
      logger.debug({ egress: name, status }, 'status written');
      return { resourceVersion };
    } catch (error) {
      const gone = error instanceof KubeApiError && error.status === 404;
      count(gone ? 'gone' : 'failed');
      if (gone) return 'gone';
      throw error;
    }
  },
  async record(egress, event) {
    logger.info({ egress: egress.name, ...event }, 'outcome changed');
    try {
      await recordEvent(client, egress, event, new Date(nowMs()));
    } catch (err) {
      // An Event is a courtesy: the condition says the same.
      logger.warn({ egress: egress.name, err }, 'recording an Event failed');
    }
  },
});

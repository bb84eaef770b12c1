import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { connectionErrorFor, failureFor, fetchAnswer } from '@sallyport/watch';

const TIMEOUT_MS = 5000;

/** The controller refused the report of this Node. */
class ReportRefusedError extends Error {
  override readonly name = 'ReportRefusedError';
  readonly code = 'REPORT_REFUSED';
}

/**
 * Sends reports to the controller. Rejects with ReportRefusedError when it refuses one,
 * with ConnectionError when it does not answer within five seconds.
 */
export function putNodeReport(controllerUrl: string) {
  return async (report: NodeReport): Promise<void> => {
    const name = encodeURIComponent(report.metadata.name);
    const url = new URL(controlplaneUrl(controllerUrl, `nodereports/${name}`));
    const response = await fetchAnswer(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    try {
      if (response.ok) {
        await response.arrayBuffer();
        return;
      }
      throw new ReportRefusedError((await failureFor(response)).message);
    } catch (error) {
      throw connectionErrorFor(url, error);
    }
  };
}

/** The URL of a resource of the controller. */
export function controlplaneUrl(controllerUrl: string, resource: string): string {
  return new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/${resource}`, controllerUrl).href;
}

import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';

const TIMEOUT_MS = 5000;

/**
 * Sends reports to the controller; rejects when it refuses one or does not answer within five
 * seconds.
 */
export function putNodeReport(controllerUrl: string) {
  return async (report: NodeReport): Promise<void> => {
    const url = controlplaneUrl(
      controllerUrl,
      `nodereports/${encodeURIComponent(report.metadata.name)}`,
    );
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) {
      throw new Error(`PUT ${url}: ${response.status} ${answer.slice(0, 500)}`);
    }
  };
}

/** The URL of a resource of the controller. */
export function controlplaneUrl(controllerUrl: string, resource: string): string {
  return new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/${resource}`, controllerUrl).href;
}

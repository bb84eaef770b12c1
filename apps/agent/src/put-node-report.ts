import { CONTROLPLANE_GROUP_VERSION, type NodeReport } from '@sallyport/api';

const TIMEOUT_MS = 5000;

/** Where the controller serves a resource. */
export const controlplaneUrl = (controllerUrl: string, resource: string): string =>
  new URL(`/apis/${CONTROLPLANE_GROUP_VERSION}/${resource}`, controllerUrl).href;

/** Delivers reports to the controller; rejects when it does not answer within five seconds or does not take one. */
export const putNodeReport =
  (controllerUrl: string) =>
  async (report: NodeReport): Promise<void> => {
    const url = controlplaneUrl(controllerUrl, `nodereports/${encodeURIComponent(report.metadata.name)}`);
    const response = await fetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(report),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${answer.slice(0, 500)}`);
  };

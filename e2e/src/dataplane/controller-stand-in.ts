import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { ClusterNetwork, EgressGroup, NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { systemClock } from '@sallyport/reconcile';
import type { Unversioned } from '@sallyport/watch';
import { MemoryStore, parseWatchQuery, serveWatch } from '@sallyport/watch';

const API = `/apis/${CONTROLPLANE_GROUP_VERSION}`;

/**
 * An agent's view of a controller, without the rest of it. The watch protocol is the real one; the
 * test chooses the objects.
 */
export class ControllerStandIn {
  readonly #groups = new MemoryStore<EgressGroup>({
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'EgressGroup',
    startVersion: Date.now() * 1000,
  });
  readonly #networks = new MemoryStore<ClusterNetwork>({
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'ClusterNetwork',
    startVersion: Date.now() * 1000,
  });
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  #lastReport: NodeReport | undefined;

  /** Listens on loopback; resolves with the port. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  publishNetwork(network: Unversioned<ClusterNetwork>): void {
    this.#networks.publish('', [network]);
  }

  /**
   * Makes these the groups of the Node; returns the version that the agent reports once it has
   * realized them.
   */
  publishGroups(nodeName: string, groups: readonly Unversioned<EgressGroup>[]): number {
    this.#groups.publish(nodeName, groups);
    return this.#groups.version;
  }

  /** The latest report of an agent. */
  get lastReport(): NodeReport | undefined {
    return this.#lastReport;
  }

  /**
   * Discards the reports and ends all connections, as a controller does with a Node that had
   * left the cluster.
   */
  discardReports(): void {
    this.#lastReport = undefined;
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://controller');
    if (request.method === 'PUT' && url.pathname.startsWith(`${API}/nodereports/`)) {
      this.#lastReport = (await json(request)) as NodeReport;
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    } else if (url.pathname === `${API}/egressgroups`) {
      this.#watch(this.#groups, url, response, 'nodeName');
    } else if (url.pathname === `${API}/clusternetworks`) {
      this.#watch(this.#networks, url, response);
    } else {
      response.writeHead(404).end();
    }
  }

  #watch<T extends EgressGroup | ClusterNetwork>(
    store: MemoryStore<T>,
    url: URL,
    response: ServerResponse,
    partitionField?: string,
  ): void {
    const parsed = parseWatchQuery(Object.fromEntries(url.searchParams), partitionField);
    if (!parsed.ok || parsed.query.kind !== 'watch') {
      response.writeHead(400).end(parsed.ok ? 'only watches are answered' : parsed.message);
      return;
    }
    const { partition, start, markInitialEventsEnd: markEnd } = parsed.query;
    serveWatch<T>({
      response,
      clock: systemClock,
      stallMs: 30_000,
      bookmarkIntervalMs: 5000,
      open: (onReady) => {
        const from = start.kind === 'state' ? ({ kind: 'state', markEnd } as const) : start;
        const watcher = store.watch(partition, from, onReady);
        if (watcher === 'expired') {
          throw new Error('the version is not of this store');
        }
        return watcher;
      },
    });
  }
}

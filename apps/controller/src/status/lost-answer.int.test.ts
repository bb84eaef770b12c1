import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import type { EgressStatus, NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { sampleEgress } from '@sallyport/kit';
import { createKubeClient } from '@sallyport/kube';
import { pino } from 'pino';
import { decidedFor, noProgress as progress } from '../testing/decision-for.ts';
import type { PassInput } from './status-pass.ts';
import { StatusPass } from './status-pass.ts';
import { statusPortFor } from './status-port.ts';

const EVENTS = '/api/v1/namespaces/default/events';
const egress = sampleEgress('web');
const STATUS = '/apis/crd.antrea.io/v1beta1/egresses/web/status';

/** An API server with one Egress, which it changes only if the resourceVersion fits. */
class OneEgress {
  version = 1;
  status: EgressStatus = {};
  readonly requests: string[] = [];
  readonly events: string[] = [];
  /** Whether the connection is closed in place of the answer to the next write of the status. */
  losesAnswer = false;
  readonly #server: Server = createServer((request, response) => {
    const { method = '', url = '', socket } = request;
    void json(request).then((body) => {
      const path = new URL(url, 'http://x').pathname;
      this.requests.push(`${method} ${path}`);
      const code = path === EVENTS ? this.#addEvent(body) : this.#writeStatus(body);
      if (path === STATUS && this.losesAnswer) {
        this.losesAnswer = false;
        socket.destroy();
        return;
      }
      const metadata = { name: 'web', resourceVersion: String(this.version) };
      response.writeHead(code).end(JSON.stringify({ metadata }));
    });
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #addEvent(body: unknown): number {
    this.events.push((body as { reason: string }).reason);
    return 201;
  }

  #writeStatus(body: unknown): number {
    const { metadata, status } = body as {
      metadata: { resourceVersion: string };
      status: Record<string, unknown>;
    };
    if (metadata.resourceVersion !== String(this.version)) {
      return 409;
    }
    this.version += 1;
    this.status = Object.fromEntries(Object.entries(status).filter(([, value]) => value !== null));
    return 200;
  }
}

describe('a status write that was carried out, whose answer was lost', () => {
  it('is written once, is no conflict, and has its Event', async () => {
    const server = new OneEgress();
    const folder = await mkdtemp(join(tmpdir(), 'status-'));
    try {
      const client = createKubeClient(await kubeconfigIn(folder, await server.listen()));
      const results: string[] = [];
      const port = statusPortFor({
        client,
        logger: pino({ level: 'silent' }),
        nowMs: () => Date.now(),
        count: (result) => results.push(result),
      });
      const pass = new StatusPass(port);
      // Only a kept connection can be closed while it seems idle.
      await pass.run(inputFor(server, []));
      expect(server.events.splice(0)).toEqual(['NoNode']);
      expect(results.splice(0)).toEqual(['written']);
      server.requests.length = 0;

      server.losesAnswer = true;
      const assigned = inputFor(server, egress.egressIPs);
      await expect(pass.run(assigned)).rejects.toThrow('the status of 1 Egresses');
      expect(results).toEqual(['failed']);
      expect(server.status.egressNode).toBe('n1');
      expect(await pass.run(inputFor(server, egress.egressIPs))).toBe('done');
      expect(server.requests).toEqual([`PATCH ${STATUS}`, `POST ${EVENTS}`]);
      expect(server.events).toEqual(['Assigned']);
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });
});

/** A pass over the Egress as the server has it now, while Node n1 has these addresses. */
function inputFor({ status, version }: OneEgress, addresses: readonly string[]): PassInput {
  const report: NodeReport = {
    apiVersion: CONTROLPLANE_GROUP_VERSION,
    kind: 'NodeReport',
    metadata: { name: 'n1' },
    addresses,
    realizedResourceVersion: '',
    realizedNetworkVersion: '',
  };
  const { decision } = decidedFor({
    egresses: [{ name: 'web', egress, status, resourceVersion: String(version) }],
    nodes: new Map([['n1', { name: 'n1', ips: ['10.0.0.1'], podCIDRs: [], ready: true }]]),
    reports: new Map([['n1', report]]),
  });
  return { decision, progress, now: new Date(), scope: 'everything' };
}

async function kubeconfigIn(folder: string, server: string): Promise<string> {
  const path = join(folder, 'config');
  const content = {
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server } }],
    users: [{ name: 'c', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
  await writeFile(path, JSON.stringify(content));
  return path;
}

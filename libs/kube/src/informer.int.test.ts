import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fault } from '@sallyport/api';
import { waitFor } from '@sallyport/kit';
import { systemClock } from '@sallyport/reconcile';
import { writeEgressStatus } from './egress-status-writer.ts';
import type { Informer } from './informer.ts';
import { startInformer } from './informer.ts';
import type { KubeClient } from './kube-client.ts';
import { createKubeClient, retryAfterMsIn } from './kube-client.ts';
import { KubeConfigError } from './kube-config-error.ts';
import type { Node } from './node-for.ts';
import { nodeFor } from './node-for.ts';

import.meta.jest.setTimeout(180_000);

/** A small API server; each test decides its answers. */
class Scripted {
  readonly requests: string[] = [];
  readonly watches: ServerResponse[] = [];
  bodies: string[] = [];
  answer: (url: URL, response: ServerResponse) => void = () => undefined;
  readonly #server: Server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    this.requests.push(`${request.method ?? ''} ${url.pathname}?${url.searchParams.toString()}`);
    request.setEncoding('utf8').on('data', (text: string) => this.bodies.push(text));
    if (url.searchParams.has('watch')) {
      this.watches.push(response);
    }
    this.answer(url, response);
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
}

describe('an informer', () => {
  let folder: string;
  let server: Scripted;
  let client: KubeClient;
  let informer: Informer<Node> | undefined;
  const errors: unknown[] = [];
  const deltas: string[] = [];
  const faults: Fault[] = [];

  const start = (): void => {
    informer = startInformer({
      client,
      path: '/api/v1/nodes',
      parse: nodeFor,
      keyOf: ({ name }) => name,
      onDelta: ({ key, before, after }) => {
        const word = before === undefined ? 'came' : after === undefined ? 'went' : 'changed';
        deltas.push(`${key} ${word}`);
      },
      onListed: () => deltas.push('listed'),
      onFaults: (found) => faults.push(...found),
      onError: (error) => errors.push(error),
      clock: systemClock,
      random: () => 1,
    });
  };
  const names = (): readonly string[] => [...(informer?.objects().keys() ?? [])];

  beforeEach(async () => {
    errors.length = 0;
    deltas.length = 0;
    faults.length = 0;
    server = new Scripted();
    const url = await server.listen();
    folder = await mkdtemp(join(tmpdir(), 'kube-'));
    const kubeconfig = join(folder, 'config');
    await writeFile(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'c',
        clusters: [{ name: 'c', cluster: { server: url } }],
        users: [{ name: 'c', user: {} }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      }),
    );
    client = createKubeClient(kubeconfig);
  });

  afterEach(async () => {
    await informer?.stop();
    informer = undefined;
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('lists in pages, then watches from the version of the list', async () => {
    server.answer = (url, response) => {
      if (url.searchParams.has('watch')) {
        response.write(`${JSON.stringify({ type: 'ADDED', object: node('n3', '12') })}\n`);
        response.write(`${JSON.stringify({ type: 'DELETED', object: node('n1', '13') })}\n`);
        return;
      }
      const last = url.searchParams.get('continue') === 'more';
      const metadata = { resourceVersion: '10', ...(last ? {} : { continue: 'more' }) };
      response.end(
        JSON.stringify({ metadata, items: [last ? node('n2', '5', 'bad') : node('n1', '4')] }),
      );
    };
    start();
    await eventually(() => names().includes('n3'));
    expect(names()).toEqual(['n2', 'n3']);
    expect(informer?.synced()).toBe(true);
    expect(deltas).toEqual(['n1 came', 'n2 came', 'listed', 'n3 came', 'n1 went']);
    expect(faults.map(({ object }) => object)).toEqual(['Node n2']);
    expect(server.requests).toEqual([
      'GET /api/v1/nodes?limit=500',
      'GET /api/v1/nodes?limit=500&continue=more',
      'GET /api/v1/nodes?watch=true&allowWatchBookmarks=true&timeoutSeconds=290&resourceVersion=10',
    ]);
  });

  it.each([
    [
      'an event',
      (response: ServerResponse) =>
        response.write('{"type":"ERROR","object":{"code":410,"message":"gone"}}\n'),
    ],
    [
      'a status code',
      (response: ServerResponse) => response.writeHead(410).end('{"message":"gone"}'),
    ],
  ])(
    'lists again when %s reports that the version to resume from has expired',
    async (_, expire) => {
      let lists = 0;
      server.answer = (url, response) => {
        if (!url.searchParams.has('watch')) {
          lists += 1;
          response.end(
            JSON.stringify({
              metadata: { resourceVersion: `${lists}0` },
              items: [node('n0', `${lists}`), node(`n${lists}`, '1')],
            }),
          );
        } else if (lists > 1) {
          response.flushHeaders();
        } else if (server.watches.length === 1) {
          response.end('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"15"}}}\n');
        } else {
          expire(response);
        }
      };
      start();
      await eventually(() => names().includes('n2'));
      expect(names()).toEqual(['n0', 'n2']);
      // n0 differs only in its version, which is not kept.
      expect(deltas).toEqual(['n0 came', 'n1 came', 'listed', 'n2 came', 'n1 went', 'listed']);
      expect(server.requests[2]).toContain('resourceVersion=15');
    },
  );

  it('reports the message of a refusal and tries again', async () => {
    let refuse = true;
    server.answer = (url, response) => {
      if (refuse) {
        response.writeHead(403).end('{"message":"nodes is forbidden"}');
      } else if (!url.searchParams.has('watch')) {
        response.end('{"metadata":{"resourceVersion":"1"},"items":[]}');
      }
    };
    start();
    await eventually(() => errors.length > 0);
    expect(String(errors[0])).toContain('GET /api/v1/nodes: 403: nodes is forbidden');
    expect(informer?.synced()).toBe(false);
    refuse = false;
    await eventually(() => informer?.synced() === true);
  });

  it.each([429, 503])('waits as long as an answer %s asks', async (code) => {
    const times: number[] = [];
    server.answer = (url, response) => {
      times.push(performance.now());
      if (times.length === 1) {
        response.writeHead(code, { 'retry-after': '1' }).end('{"message":"too many requests"}');
      } else if (!url.searchParams.has('watch')) {
        response.end('{"metadata":{"resourceVersion":"1"},"items":[]}');
      }
    };
    start();
    await eventually(() => informer?.synced() === true);
    expect(times[1]! - times[0]!).toBeGreaterThan(990);
    expect(errors[0]).toMatchObject({ status: code, retryAfterMs: 1000 });
  });

  it('reports with a refused write how long to wait', async () => {
    server.answer = (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end('{}');
    const write = writeEgressStatus(client, { name: 'web', resourceVersion: '7' }, {});
    const error = await write.catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ status: 429, retryAfterMs: 60_000 });
    expect(retryAfterMsIn(new AggregateError([error]))).toBe(60_000);
  });

  it('writes the status of one version as a merge patch that removes all other fields', async () => {
    server.answer = (_, response) =>
      response.end('{"metadata":{"name":"web","resourceVersion":"8"}}');
    expect(
      await writeEgressStatus(client, { name: 'web', resourceVersion: '7' }, { conditions: [] }),
    ).toBe('8');
    expect(server.requests).toEqual(['PATCH /apis/crd.antrea.io/v1beta1/egresses/web/status?']);
    expect(JSON.parse(server.bodies.join(''))).toEqual({
      metadata: { resourceVersion: '7' },
      status: { egressNode: null, egressIP: null, egressIPs: null, conditions: [] },
    });
  });
});

describe('createKubeClient', () => {
  it('names the missing kubeconfig or option', () => {
    expect(() => createKubeClient('/nowhere/config')).toThrow(KubeConfigError);
    expect(() => createKubeClient('/nowhere/config')).toThrow(
      'kubeconfig /nowhere/config cannot be read: ENOENT',
    );
    expect(() => createKubeClient(undefined)).toThrow('give --kubeconfig=<file>');
  });
});

function node(name: string, resourceVersion: string, address = '10.0.0.1'): unknown {
  return {
    metadata: { name, resourceVersion },
    status: { addresses: [{ type: 'InternalIP', address }] },
  };
}

function eventually(holds: () => boolean): Promise<true> {
  return waitFor(holds.toString(), holds);
}

import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { waitFor } from '@sallyport/kit';
import type { Clock } from '@sallyport/reconcile';
import { systemClock } from '@sallyport/reconcile';
import { MemoryStore } from './memory-store.ts';
import type { Reflector } from './reflector.ts';
import { serveWatch } from './serve-watch.ts';
import { parseWatchQuery } from './watch-query.ts';
import { watchResource } from './watch-resource.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly value: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface HandlerOptions {
  readonly bookmarkIntervalMs?: number;
  readonly stallMs?: number;
  /** Called with a function that ends the watch. */
  readonly onOpen?: (close: () => void) => void;
}

interface ReflectOptions {
  readonly errors?: unknown[];
  readonly idleMs?: number;
  readonly clock?: Clock;
}

describe('watchResource against a server', () => {
  const cleanUp: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanUp.splice(0).reverse()) {
      await clean();
    }
  });
  const serve = async (handler: Handler, port = 0): ReturnType<typeof startServer> => {
    const started = await startServer(handler, port);
    cleanUp.push(() => (started.server.listening ? stopServer(started.server) : Promise.resolve()));
    return started;
  };
  const watch = (url: string, options?: ReflectOptions): ReturnType<typeof reflect> => {
    const reflector = reflect(url, options);
    cleanUp.push(() => reflector.stop());
    return reflector;
  };

  /** A client that asks for a watch and reads nothing. */
  const stalled = async (port: number): Promise<Socket> => {
    const client = connect(port, '127.0.0.1');
    cleanUp.push(() => Promise.resolve(client.destroy()).then(() => undefined));
    await once(client, 'connect');
    client.pause();
    client.write('GET /things?watch=1&fieldSelector=nodeName%3Dn1 HTTP/1.1\r\nHost: x\r\n\r\n');
    return client;
  };

  it('receives the whole state in one change, then follows', async () => {
    const store = storeOf(100);
    store.publish('n1', [thing('a', '1'), thing('b', '1')]);
    const { url } = await serve(handlerFor(store, []));
    const reflector = watch(url);
    await eventually(() => reflector.state().synced);
    expect(reflector.changes()).toBe(1);
    expect([...reflector.state().objects.keys()]).toEqual(['a', 'b']);
    store.publish('n1', [thing('b', '2')]);
    await eventually(() => valueOf(reflector, 'b') === '2' && !reflector.state().objects.has('a'));
    expect(reflector.state().resourceVersion).toBe('104');
    // The server says at once that this was all, not with its next bookmark.
    await eventually(() => reflector.changes() === 2);
  });

  it('shows a publication as a whole, however its events arrive', async () => {
    const event = (type: string, name: string, resourceVersion: string): string =>
      `${JSON.stringify({ type, object: { metadata: { name, resourceVersion }, value: '1' } })}\n`;
    const bookmark = (resourceVersion: string, annotations = {}): string =>
      `${JSON.stringify({ type: 'BOOKMARK', object: { metadata: { resourceVersion, annotations } } })}\n`;
    let open: ServerResponse | undefined;
    const { url } = await serve((_, response) => {
      open = response.writeHead(200);
      response.write(bookmark('5', { 'k8s.io/initial-events-end': 'true' }));
    });
    const reflector = watch(url);
    await eventually(() => reflector.state().synced);
    open?.write(event('ADDED', 'a', '6'));
    await eventually(() => reflector.state().resourceVersion === '6');
    expect(reflector.changes()).toBe(1);
    open?.write(event('ADDED', 'b', '7') + bookmark('7') + bookmark('8'));
    await eventually(() => reflector.state().resourceVersion === '8');
    expect(reflector.changes()).toBe(2);
  });

  it('resumes after a lost connection, without requesting the whole state again', async () => {
    const store = storeOf(100);
    const requests: string[] = [];
    store.publish('n1', [thing('a', '1')]);
    const { url, server } = await serve(handlerFor(store, requests));
    const reflector = watch(url);
    await eventually(() => reflector.state().synced);
    server.closeAllConnections();
    store.publish('n1', [thing('b', '1')]);
    await eventually(() => valueOf(reflector, 'b') === '1' && !reflector.state().objects.has('a'));
    expect(requests).toEqual(['state', 'version 101']);
  });

  it('keeps its state while the server is down, and requests the new one of a restarted server', async () => {
    const requests: string[] = [];
    const old = storeOf(100);
    old.publish('n1', [thing('a', '1')]);
    const { url, port, server } = await serve(handlerFor(old, requests));
    const errors: unknown[] = [];
    const reflector = watch(url, { errors });
    await eventually(() => reflector.state().synced);
    await stopServer(server);
    await eventually(() => errors.length > 2);
    expect(valueOf(reflector, 'a')).toBe('1');
    const successor = storeOf(200_000);
    successor.publish('n1', [thing('b', '1')]);
    await serve(handlerFor(successor, requests), port);
    await eventually(() => valueOf(reflector, 'b') === '1');
    expect(requests).toEqual(['state', 'version 101', 'state']);
    expect([...reflector.state().objects.keys()]).toEqual(['b']);
  });

  it('does not show an incomplete initial state', async () => {
    let complete = false;
    const line = (name: string): string =>
      `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: '5' }, value: '1' } })}\n`;
    const end =
      '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}}\n';
    const { url } = await serve((_, response) => {
      response.writeHead(200).write(line('a'));
      if (complete) {
        response.write(line('b') + end);
      } else {
        setTimeout(() => response.destroy(), 20);
      }
    });
    const errors: unknown[] = [];
    const reflector = watch(url, { errors });
    await eventually(() => errors.length >= 2);
    expect(reflector.state()).toMatchObject({ synced: false, resourceVersion: '' });
    complete = true;
    await eventually(() => reflector.state().synced);
    expect(reflector.changes()).toBe(1);
    expect([...reflector.state().objects.keys()]).toEqual(['a', 'b']);
    expect(reflector.state().resourceVersion).toBe('9');
  });

  it.each([
    ['something that is not JSON', 'hello\n', 'a line that is not JSON: "hello"'],
    ['an event of another type', '{"type":"RENAMED","object":{}}\n', 'an event of unknown type'],
    [
      'an object without a version',
      '{"type":"ADDED","object":{"metadata":{"name":"x"}}}\n',
      'resourceVersion',
    ],
    [
      'an object that the reader refuses',
      '{"type":"ADDED","object":{"metadata":{"name":"x","resourceVersion":"102"},"value":"poison"}}\n',
      'value: "poison" is refused',
    ],
    [
      'an expired version',
      '{"type":"ERROR","object":{"code":410,"message":"too old"}}\n',
      'too old',
    ],
  ])(
    'requests the state again after %s, and keeps the old one until then',
    async (_, garbage, message) => {
      const store = storeOf(100);
      const requests: string[] = [];
      store.publish('n1', [thing('a', '1')]);
      const good = handlerFor(store, requests);
      let open: ServerResponse | undefined;
      const { url } = await serve((request, response) => {
        open = response;
        good(request, response);
      });
      const errors: unknown[] = [];
      const reflector = watch(url, { errors });
      await eventually(() => reflector.state().synced);
      open?.write(garbage);
      await eventually(() => requests.length === 2);
      expect(String(errors[0])).toContain(message);
      expect(requests).toEqual(['state', 'state']);
      expect(valueOf(reflector, 'a')).toBe('1');
    },
  );

  it('closes a connection on which nothing arrives, not even bookmarks', async () => {
    const store = storeOf(100);
    const requests: string[] = [];
    const { url } = await serve(handlerFor(store, requests, { bookmarkIntervalMs: 60_000 }));
    const errors: unknown[] = [];
    watch(url, { errors, idleMs: 200 });
    await eventually(() => requests.length >= 2);
    expect(String(errors[0])).toContain('nothing received for 200 ms');
  });

  it('stays connected to a quiet server that sends bookmarks', async () => {
    const store = storeOf(100);
    const requests: string[] = [];
    const { url } = await serve(handlerFor(store, requests, { bookmarkIntervalMs: 20 }));
    // Each bookmark restarts the idle time; its delay depends on the machine.
    const idleMs = 60_000;
    let begun = 0;
    let pending = 0;
    const clock: Clock = {
      after: (delayMs, callback) => {
        if (delayMs !== idleMs) {
          return systemClock.after(delayMs, callback);
        }
        begun += 1;
        pending += 1;
        return () => {
          pending -= 1;
        };
      },
    };
    watch(url, { idleMs, clock });
    await eventually(() => begun >= 5);
    expect(pending).toBe(1);
    expect(requests).toEqual(['state']);
  });

  it('reports the message of a server that refuses', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(503).end(JSON.stringify({ message: 'not synchronized yet' }));
    });
    const errors: unknown[] = [];
    watch(url, { errors });
    await eventually(() => errors.length > 0);
    expect(String(errors[0])).toContain('answered 503: not synchronized yet');
  });

  it.each([
    ['by itself', false],
    ['when the watch is ended', true],
  ])('disconnects a client that reads nothing, %s', async (_, ended) => {
    const store = storeOf(100);
    // More than the socket buffers of the kernel hold.
    store.publish('n1', [thing('a', 'x'.repeat(30_000_000))]);
    let close: () => void = () => undefined;
    const stallMs = ended ? 300 : 100;
    const { port, server } = await serve(
      handlerFor(store, [], { stallMs, onOpen: (end) => (close = end) }),
    );
    const connections = (): Promise<number> =>
      new Promise((resolve) => {
        server.getConnections((_error, count) => {
          resolve(count);
        });
      });
    await stalled(port);
    await eventually(() => store.watcherCount === 1);
    if (ended) {
      close();
    }
    await eventually(() => store.watcherCount === 0);
    const deadline = Date.now() + 20_000;
    while ((await connections()) > 0) {
      expect(Date.now()).toBeLessThan(deadline);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });

  it('serves other clients with little memory while one client does not read', async () => {
    const store = storeOf(100);
    const big = (value: number): { metadata: { name: string }; value: string }[] => [
      thing('a', String(value).padEnd(100_000, 'x')),
    ];
    store.publish('n1', big(0));
    const buffered: (() => number)[] = [];
    const good = handlerFor(store, []);
    const { url, port } = await serve((request, response) => {
      buffered.push(() => response.writableLength);
      good(request, response);
    });
    const slow = await stalled(port);
    await eventually(() => store.watcherCount === 1);
    const fast = watch(url);
    await eventually(() => fast.state().synced);
    for (let round = 1; round <= 300; round += 1) {
      store.publish('n1', big(round));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await eventually(() => valueOf(fast, 'a')?.startsWith('300x') === true);
    // 30 MB were published. The socket buffers of the kernel have some of it, the process at most
    // one event beyond the high-water mark.
    expect(buffered[0]?.()).toBeLessThan(1_000_000);
    // When it reads again, it reaches the last state.
    let text = '';
    slow.setEncoding('latin1');
    slow.on('data', (chunk: string) => (text = (text + chunk).slice(-300_000)));
    slow.resume();
    await eventually(() => text.includes('"value":"300x'));
  });
});

/** A server whose connections can be cut and whose handler can be exchanged. */
async function startServer(
  handler: Handler,
  port = 0,
): Promise<{ server: Server; port: number; url: string }> {
  const server = createServer(handler).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return { server, port: address.port, url: `http://127.0.0.1:${address.port}/things` };
}

async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function reflect(
  url: string,
  { errors = [], idleMs = 60_000, clock = systemClock }: ReflectOptions = {},
): Reflector<Thing> & { changes: () => number } {
  let changes = 0;
  const reflector = watchResource<Thing>({
    url,
    nodeName: 'n1',
    parse: (raw) => {
      const object = raw as Thing;
      if (object.value === 'poison') {
        throw new Error('value: "poison" is refused');
      }
      return object;
    },
    onBatch: () => {
      changes += 1;
    },
    onError: (error) => errors.push(error),
    clock,
    random: () => 0.5,
    idleMs,
    retryMs: 20,
    maxRetryMs: 100,
  });
  return { ...reflector, changes: () => changes };
}

function storeOf(startVersion: number): MemoryStore<Thing> {
  return new MemoryStore<Thing>({ apiVersion: 'v1', kind: 'Thing', startVersion });
}

function thing(name: string, value: string): { metadata: { name: string }; value: string } {
  return {
    metadata: { name },
    value,
  };
}

/** Serves a store as the controller does, and records the requests. */
function handlerFor(
  store: MemoryStore<Thing>,
  requests: string[],
  { bookmarkIntervalMs = 600_000, stallMs = 60_000, onOpen = () => undefined }: HandlerOptions = {},
): Handler {
  return (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const parsed = parseWatchQuery(Object.fromEntries(url.searchParams), 'nodeName');
    if (!parsed.ok || parsed.query.kind !== 'watch') {
      throw new Error('not a watch');
    }
    const { partition, start } = parsed.query;
    requests.push(start.kind === 'state' ? 'state' : `version ${start.version}`);
    const from = start.kind === 'state' ? ({ kind: 'state', markEnd: true } as const) : start;
    const probe = store.watch(partition, from, () => undefined);
    if (probe === 'expired') {
      response
        .writeHead(410, { 'content-type': 'application/json' })
        .end(JSON.stringify({ message: 'too old' }));
      return;
    }
    probe.close();
    const close = serveWatch<Thing>({
      response,
      clock: systemClock,
      stallMs,
      bookmarkIntervalMs,
      open: (onReady) => {
        const watcher = store.watch(partition, from, onReady);
        if (watcher === 'expired') {
          throw new Error('expired');
        }
        return watcher;
      },
    });
    onOpen(close);
  };
}

function eventually(holds: () => boolean): Promise<true> {
  return waitFor(holds.toString(), holds);
}

function valueOf(reflector: Reflector<Thing>, name: string): string | undefined {
  return reflector.state().objects.get(name)?.value;
}

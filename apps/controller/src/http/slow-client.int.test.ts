import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { systemClock } from '@sallyport/reconcile';
import { Registry } from 'prom-client';
import { createNodeReports } from '../observe/node-reports.ts';
import { publish } from '../publish/publish.ts';
import { createStores } from '../publish/stores.ts';
import { decidedFor, noProgress } from '../testing/decision-for.ts';
import type { Server } from './create-server.ts';
import { createServer } from './create-server.ts';

const PATH = `/apis/${CONTROLPLANE_GROUP_VERSION}`;
const REPORT = `PUT ${PATH}/nodereports/n1 HTTP/1.1\r\nhost: c\r\ncontent-type: application/json\r\n`;

describe('a client that is slow or sends too much', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    server = await startServer();
    port = Number(new URL(await server.listen('127.0.0.1', 0)).port);
  });
  afterAll(() => server.close());

  it.each([
    ['nothing', ''],
    ['a part of the headers', 'GET /healthz HTTP/1.1\r\nhost: '],
    ['a part of the body', `${REPORT}content-length: 1000\r\n\r\n{`],
  ])('is disconnected when it sends %s and then stops', async (_, sent) => {
    expect(await answerTo(sent)).toMatch(/^(HTTP\/1\.1 408 |$)/);
  });

  it('gets 431 for headers of more than 8 KiB', async () => {
    const headers = `host: c\r\nx: ${'x'.repeat(9000)}`;
    expect(await answerTo(`GET /healthz HTTP/1.1\r\n${headers}\r\n\r\n`)).toMatch(/ 431 /);
  });

  it('gets 413 for a body of 10 MB before it has sent it', async () => {
    expect(await answerTo(`${REPORT}content-length: 10000000\r\n\r\n`)).toMatch(/ 413 /);
  });

  it('does not end the watch of another client, which lasts longer than the limit', async () => {
    const watch = opened(`GET ${PATH}/clusternetworks?watch=1 HTTP/1.1\r\nhost: c\r\n\r\n`);
    await once(watch, 'data');
    // Its end shows that the limit has passed for the watch too.
    await answerTo('GET /healthz HTTP/1.1\r\nhost: ');
    expect(watch.readyState).toBe('open');
    watch.destroy();
  });

  function opened(sent: string): Socket {
    const socket = connect(port, '127.0.0.1');
    socket.write(sent);
    return socket;
  }

  /** All that the server sends until it ends the connection. */
  function answerTo(sent: string): Promise<string> {
    return text(opened(sent));
  }
});

async function startServer(): Promise<Server> {
  const { decision, views } = decidedFor({}, { serviceCIDRs: [] });
  const stores = createStores(1000);
  publish({ views, network: decision.network }, stores);
  return createServer({
    loop: {
      decision,
      progress: () => noProgress,
      groupsOn: () => [],
      reports: createNodeReports(),
      missing: () => [],
      accept: () => undefined,
    },
    stores,
    registry: new Registry(),
    clock: systemClock,
    nowMs: () => 0,
    bookmarkIntervalMs: 5000,
    requestTimeoutMs: 200,
    onError: () => undefined,
  });
}

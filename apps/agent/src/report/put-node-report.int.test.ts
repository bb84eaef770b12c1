import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NodeReport } from '@sallyport/api';
import { CONTROLPLANE_GROUP_VERSION } from '@sallyport/api';
import { putNodeReport } from './put-node-report.ts';

const report: NodeReport = {
  apiVersion: CONTROLPLANE_GROUP_VERSION,
  kind: 'NodeReport',
  metadata: { name: 'n1' },
  addresses: [],
  realizedResourceVersion: '1',
  realizedNetworkVersion: '1',
};

describe('putNodeReport', () => {
  it('names the host and the reason when the controller cannot be reached', async () => {
    let closed = '';
    await withServer(
      () => undefined,
      (host) => Promise.resolve(void (closed = host)),
    );
    await expect(errorOf(`http://${closed}`)).resolves.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `no connection to ${closed}: connect ECONNREFUSED ${closed}`,
    });
  });

  it('has a code for an answer that is not HTTP', async () => {
    await withServer(
      ({ socket }) => socket.end('ssh\r\n'),
      async (host) => {
        const error = await errorOf(`http://${host}`);
        expect(error).toMatchObject({ code: 'CONNECTION_FAILED' });
        expect(String(error)).toContain(`no connection to ${host}: `);
      },
    );
  });

  it('has a code and the message of the controller for a refusal', async () => {
    await withServer(
      (_, response) =>
        response.writeHead(404).end(JSON.stringify({ message: 'there is no Node n1' })),
      async (host) => {
        await expect(errorOf(`http://${host}`)).resolves.toMatchObject({
          code: 'REPORT_REFUSED',
          message: expect.stringMatching(
            /nodereports\/n1 answered 404: there is no Node n1$/,
          ) as unknown,
        });
      },
    );
  });
});

function errorOf(controllerUrl: string): Promise<unknown> {
  return putNodeReport(controllerUrl)(report).catch((error: unknown) => error);
}

async function withServer(
  listener: RequestListener,
  test: (host: string) => Promise<void>,
): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await test(`127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

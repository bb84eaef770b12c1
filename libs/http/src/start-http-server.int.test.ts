import { listenErrorFor } from './listen-error.ts';
import { textAnswer } from './program-routes.ts';
import { startHttpServer } from './start-http-server.ts';

describe('startHttpServer', () => {
  it('answers its paths, 404 to others and 500 when an answer fails', async () => {
    const server = await startHttpServer(0, {
      '/healthz': () => textAnswer(200, 'ok'),
      '/metrics': () => Promise.reject(new Error('no metrics')),
    });
    try {
      const get = async (path: string): Promise<string> => {
        const response = await fetch(`http://127.0.0.1:${server.port}${path}`);
        return `${response.status} ${await response.text()}`;
      };
      expect(await get('/healthz?verbose')).toBe('200 ok\n');
      expect(await get('/nothing')).toBe('404 not found\n');
      expect(await get('/metrics')).toBe('500 Error: no metrics\n');
    } finally {
      await server.close();
    }
  });

  it('rejects when its port is in use, and the error becomes a sentence', async () => {
    const first = await startHttpServer(0, {});
    const error: unknown = await startHttpServer(first.port, {}).catch((cause: unknown) => cause);
    expect(listenErrorFor(error, '--health-port')).toMatchObject({
      exitStatus: 1,
      message: `cannot listen on 127.0.0.1 port ${first.port}: another process uses this port; set --health-port`,
    });
    await first.close();
  });
});

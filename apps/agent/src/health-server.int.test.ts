import { startHealthServer } from './health-server.ts';

describe('startHealthServer', () => {
  it('answers its paths, 404 to others and 500 when an answer fails', async () => {
    const server = await startHealthServer({
      port: 0,
      routes: {
        '/healthz': () => ({ status: 200, contentType: 'text/plain', body: 'ok\n' }),
        '/metrics': () => Promise.reject(new Error('no metrics')),
      },
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

  it('says so when its port is taken', async () => {
    const first = await startHealthServer({ port: 0, routes: {} });
    await expect(startHealthServer({ port: first.port, routes: {} })).rejects.toThrow('EADDRINUSE');
    await first.close();
  });
});

import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one path answers. */
export interface Answer {
  readonly status: number;
  readonly contentType: 'text/plain' | 'application/json';
  readonly body: string;
}

export interface HealthServerOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** GET, by path. */
  readonly routes: Readonly<Record<string, () => Answer | Promise<Answer>>>;
}

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

const NOT_FOUND: Answer = { status: 404, contentType: 'text/plain', body: 'not found\n' };

/** Serves a few paths on loopback. Rejects when the port is taken. */
export async function startHealthServer({
  port,
  routes,
}: HealthServerOptions): Promise<HealthServer> {
  const answerFor = async (path: string): Promise<Answer> => {
    const route = routes[path];
    try {
      return route === undefined ? NOT_FOUND : await route();
    } catch (error) {
      return { status: 500, contentType: 'text/plain', body: `${String(error)}\n` };
    }
  };
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    void answerFor(path).then(({ status, contentType, body }) => {
      response.writeHead(status, { 'content-type': `${contentType}; charset=utf-8` }).end(body);
    });
  });
  const { port: actualPort } = await listening(server, port);
  return {
    port: actualPort,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // An address of the file system is only for servers that listen on one.
      resolve(server.address() as AddressInfo);
    });
  });
}

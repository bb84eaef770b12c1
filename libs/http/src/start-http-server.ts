import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer, Routes } from './program-routes.ts';
import { textAnswer } from './program-routes.ts';

/** A running server. */
export interface HttpServer {
  readonly port: number;
  /** Closes open connections too. */
  close(): Promise<void>;
}

/**
 * Serves a few paths on 127.0.0.1. Port 0 takes a free one. Rejects with the error of `listen` when
 * the port is in use.
 */
export async function startHttpServer(port: number, routes: Routes): Promise<HttpServer> {
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    void answerFor(routes, path).then(({ status, contentType, body }) => {
      response.writeHead(status, { 'content-type': contentType }).end(body);
    });
  });
  const address = await listening(server, port);
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answerFor(routes: Routes, path: string): Promise<Answer> {
  try {
    return (await routes[path]?.()) ?? textAnswer(404, 'not found');
  } catch (error) {
    return textAnswer(500, String(error));
  }
}

function listening(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // It is text only for a server on a Unix socket.
      resolve(server.address() as AddressInfo);
    });
  });
}

/**
 * The server of the lab: the external one, and that of Pods with the lab's server image. One
 * process for a namespace. It imports only a few modules of Node.js, because each one costs
 * start-up time under emulation.
 *
 * `node server.mjs PORT|FIRST-LAST…` serves TCP and UDP on all of the ports and prints `listening`
 * when it does. TCP, by the first line that the client sends:
 *
 * ```
 *   an HTTP request  → the source address it came from, as the body and as the header X-Source;
 *                      then the connection is closed
 *   `ECHO`           → `source ADDRESS`, then every line back
 *   `PUSH INTERVAL`  → `source ADDRESS`, then a numbered line every INTERVAL milliseconds
 * ```
 *
 * UDP: each datagram is answered with the source address it came from, as a line.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';

const ports = process.argv.slice(2).flatMap((argument) => {
  const [first = NaN, last = first] = argument.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
});

await Promise.all(ports.flatMap((port) => [listenTCP(port), listenUDP(port)]));
process.stdout.write('listening\n');

function listenTCP(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    createServer(serve).once('error', reject).listen({ host: '0.0.0.0', port }, resolve);
  });
}

function serve(socket: Socket): void {
  const source = socket.remoteAddress ?? '';
  // A client that vanishes is not an error: tests cause it.
  socket.on('error', () => socket.destroy());
  socket.once('data', (data) => {
    const [command = '', argument = ''] = (data.toString().split(/\r?\n/, 1)[0] ?? '').split(' ');
    if (command === 'ECHO') {
      echo(socket, source);
    } else if (command === 'PUSH') {
      push(socket, source, Number(argument));
    } else {
      socket.end(
        `HTTP/1.1 200 OK\r\nX-Source: ${source}\r\nContent-Type: text/plain\r\nContent-Length: ${String(source.length)}\r\nConnection: close\r\n\r\n${source}`,
      );
    }
  });
}

function echo(socket: Socket, source: string): void {
  socket.write(`source ${source}\n`);
  socket.pipe(socket);
}

function push(socket: Socket, source: string, intervalMs: number): void {
  socket.write(`source ${source}\n`);
  let sent = 0;
  const timer = setInterval(() => socket.write(`${String(++sent)}\n`), intervalMs);
  socket.on('close', () => {
    clearInterval(timer);
  });
}

function listenUDP(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.on('message', (_message, remote) => {
      socket.send(`${remote.address}\n`, remote.port, remote.address);
    });
    socket.bind(port, '0.0.0.0', resolve);
  });
}

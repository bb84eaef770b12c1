import { readFileSync } from 'node:fs';
import { putFile, takeFile } from './files.ts';
import { createFrameDecoder, encodeFrame } from './frame.ts';
import { openPort } from './port.ts';
import { ProcessTable } from './process-table.ts';
import type { Reply, Request } from './protocol.ts';

// The guest's only service. It carries out the host's requests from the virtio-serial port. It ends
// when the host goes away, and its end powers the guest off. The guest's first process starts it
// (../vm/machine/first-process.ts).

const port = openPort();
port.output.setMaxListeners(0);

const processes = new ProcessTable(
  {
    send,
    whenDrained: (resume) => {
      port.output.once('drain', resume);
    },
  },
  {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: '/root',
    LANG: 'C.UTF-8',
    // A bash of level 1 whose standard input is a socket acts as a remote shell and reads start-up
    // files.
    SHLVL: '1',
  },
);

const decode = createFrameDecoder();
port.input.on('data', (chunk: Buffer) => {
  for (const message of decode(chunk)) {
    const request = message as Request;
    try {
      handle(request);
    } catch (error) {
      send({
        kind: 'failed',
        id: request.id,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }
});
port.input.once('end', () => process.exit(0));

// Descriptor 3 is a pipe from the set-up, which runs while this program starts. It is empty if the
// set-up succeeded.
const problem = readFileSync(3, 'utf8').trim();
send({ kind: 'ready', id: 0, ...(problem === '' ? {} : { problem }) });

function send(reply: Reply): boolean {
  return port.output.write(encodeFrame(reply));
}

function handle(request: Request): void {
  switch (request.kind) {
    case 'start':
      processes.start(request);
      return;
    case 'stdin':
      processes.writeStdin(request.id, Buffer.from(request.data, 'base64'));
      return;
    case 'stdin-end':
      processes.endStdin(request.id);
      return;
    case 'signal':
      processes.signal(request.id, request.signal as NodeJS.Signals);
      return;
    case 'resize':
      processes.resize(request.id, request.size);
      return;
    case 'write-file': {
      const written = putFile(request.path, request.mode, Buffer.from(request.data, 'base64'));
      answerWithFile(
        request.id,
        written.then(() => Buffer.alloc(0)),
      );
      return;
    }
    case 'read-file':
      answerWithFile(request.id, takeFile(request.path));
      return;
  }
}

function answerWithFile(id: number, content: Promise<Buffer>): void {
  content.then(
    (bytes) => send({ kind: 'file', id, data: bytes.toString('base64') }),
    (error: unknown) =>
      send({ kind: 'failed', id, message: error instanceof Error ? error.message : String(error) }),
  );
}

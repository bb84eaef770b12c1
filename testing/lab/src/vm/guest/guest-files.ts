import type { GuestConnection, RequestBody } from './guest-connection.ts';

/** Writes a file in the guest; see {@link Guest.writeFile}. */
export async function writeGuestFile(
  connection: GuestConnection,
  path: string,
  content: string | Uint8Array,
  mode: number,
): Promise<void> {
  const data = Buffer.from(content as Uint8Array).toString('base64');
  const problem = `could not write ${path} in the guest`;
  await fileRequest(connection, problem, { kind: 'write-file', path, mode, data });
}

/** Reads a file of the guest as UTF-8. */
export async function readGuestFile(connection: GuestConnection, path: string): Promise<string> {
  const problem = `could not read ${path} in the guest`;
  const content = await fileRequest(connection, problem, { kind: 'read-file', path });
  return content.toString('utf8');
}

function fileRequest(
  connection: GuestConnection,
  problem: string,
  body: RequestBody,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const exchange = connection.open(body, {
      onLost: reject,
      onReply(reply) {
        exchange.close();
        if (reply.kind === 'file') {
          resolve(Buffer.from(reply.data, 'base64'));
        } else {
          reject(new Error(`${problem}: ${reply.kind === 'failed' ? reply.message : reply.kind}`));
        }
      },
    });
  });
}

const headerBytes = 4;

/** Longest accepted frame in bytes: a greater length means that the two sides lost step. */
export const maxFrameBytes = 256 * 1024 * 1024;

/**
 * One message as it crosses the port: its length in bytes (32 bits, big endian), then JSON in
 * UTF-8.
 */
export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8');
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt32BE(body.length, 0);
  body.copy(frame, headerBytes);
  return frame;
}

/**
 * Makes a function that takes the arriving bytes, in pieces of any size, and returns the messages
 * that they complete. It throws on a length above {@link maxFrameBytes} and on text that is not
 * JSON.
 */
export function createFrameDecoder(): (chunk: Buffer) => readonly unknown[] {
  let pieces: Buffer[] = [];
  let available = 0;
  let wanted = headerBytes;

  // Pieces are joined when the frame is complete, so that a large one is copied only once.
  return (chunk) => {
    pieces.push(chunk);
    available += chunk.length;
    const messages: unknown[] = [];
    while (available >= wanted) {
      const data = pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
      const length = data.readUInt32BE(0);
      if (length > maxFrameBytes) {
        throw new Error(
          `a frame of ${length} bytes was announced; at most ${maxFrameBytes} are allowed`,
        );
      }
      pieces = [data];
      wanted = headerBytes + length;
      if (available < wanted) {
        break;
      }
      messages.push(JSON.parse(data.toString('utf8', headerBytes, wanted)));
      pieces = [data.subarray(wanted)];
      available -= wanted;
      wanted = headerBytes;
    }
    return messages;
  };
}

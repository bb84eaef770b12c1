import { WatchProtocolError } from './parse-event.ts';

/**
 * The lines of a stream of bytes in UTF-8, without their line feeds. Throws {@link
 * WatchProtocolError} when a line is longer than `maxLength` characters.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const last = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield parts.join('') + piece;
      parts = [];
      length = 0;
    }
    parts.push(last);
    length += last.length;
    if (length > maxLength) {
      throw new WatchProtocolError(`a line of more than ${maxLength} characters`);
    }
  }
}

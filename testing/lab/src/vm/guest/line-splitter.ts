import { StringDecoder } from 'node:string_decoder';

/** Turns bytes that arrive in pieces into lines. */
export interface LineSplitter {
  write(chunk: Buffer): void;
  /** Passes on the rest, if it does not end with a line feed. */
  end(): void;
}

export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    write(chunk) {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        onLine(line);
      }
    },
    end() {
      rest += decoder.end();
      if (rest !== '') {
        onLine(rest);
      }
      rest = '';
    },
  };
}

const kept = 200;

/** The last lines of a stream of text, such as QEMU's serial console, for error messages. */
export interface ConsoleLog {
  append(text: string): void;
  /** The last lines, oldest first, without carriage returns. */
  tail(): string;
}

export function createConsoleLog(): ConsoleLog {
  let lines = [''];
  return {
    append(text) {
      const [first = '', ...rest] = text.replaceAll('\r', '').split('\n');
      const last = lines.at(-1) ?? '';
      lines = [...lines.slice(0, -1), last + first, ...rest].slice(-kept);
    },
    tail: () => lines.join('\n').trim(),
  };
}

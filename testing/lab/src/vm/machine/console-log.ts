const kept = 200;

/**
 * The last lines of a stream of text: what QEMU's serial console printed, for the error that needs
 * it.
 */
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

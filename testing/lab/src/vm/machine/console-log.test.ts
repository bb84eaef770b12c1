import { createConsoleLog } from './console-log.ts';

describe('createConsoleLog', () => {
  it('joins pieces of lines and drops carriage returns', () => {
    const log = createConsoleLog();
    for (const piece of ['Linux ver', 'sion 6\r', '\nready\r\n']) {
      log.append(piece);
    }
    expect(log.tail()).toBe('Linux version 6\nready');
  });

  it('keeps the last lines only', () => {
    const log = createConsoleLog();
    for (let line = 0; line < 1_000; line += 1) {
      log.append(`line ${line}\n`);
    }
    expect(log.tail().split('\n').length).toBeLessThan(250);
    expect(log.tail()).toMatch(/line 999$/);
  });
});

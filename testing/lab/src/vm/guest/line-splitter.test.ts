import { createLineSplitter } from './line-splitter.ts';

describe('createLineSplitter', () => {
  it('gives whole lines, whatever the pieces, and the rest at the end', () => {
    const lines: string[] = [];
    const splitter = createLineSplitter((line) => lines.push(line));
    const bytes = Buffer.from('größer\n\nlast');
    for (const byte of bytes) {
      splitter.write(Buffer.from([byte]));
    }
    expect(lines).toEqual(['größer', '']);
    splitter.end();
    expect(lines).toEqual(['größer', '', 'last']);
  });
});

import { cpioOf } from './cpio.ts';

describe('cpioOf', () => {
  const archive = cpioOf([
    { kind: 'directory', path: 'lab' },
    { kind: 'file', path: 'lab/run', mode: 0o755, content: Buffer.from('hello') },
  ]);

  it('writes the newc format, byte for byte', () => {
    const directory = [
      '070701',
      '00000001',
      '000041ed',
      '00000000',
      '00000000',
      '00000002',
      '00000000',
      '00000000',
    ];
    const file = [
      '070701',
      '00000002',
      '000081ed',
      '00000000',
      '00000000',
      '00000001',
      '00000000',
      '00000005',
    ];
    const device = '00000000'.repeat(4);
    // Header (110 bytes) and name are padded to 4 bytes together, the content by itself.
    const expected = [
      `${directory.join('')}${device}0000000400000000lab\0\0\0`,
      `${file.join('')}${device}0000000800000000lab/run\0\0\0`,
      'hello\0\0\0',
    ].join('');
    expect(archive.toString('latin1').slice(0, expected.length)).toBe(expected);
    expect(archive.toString('latin1').slice(expected.length)).toMatch(/^070701.*TRAILER!!!\0+$/s);
  });

  it('gives archives that can be concatenated: their length is a multiple of 4', () => {
    expect(archive.length % 4).toBe(0);
  });
});

import { fileInTar } from './tar.ts';

const archive = Buffer.concat([
  entry('package/a', 'x'.repeat(600)),
  entry('package/b', 'found'),
  Buffer.alloc(1024),
]);

describe('fileInTar', () => {
  it('finds a file behind others', () => {
    expect(Buffer.from(fileInTar(archive, 'package/b')).toString()).toBe('found');
  });

  it('says which file is missing', () => {
    expect(() => fileInTar(archive, 'package/c')).toThrow('no file package/c');
  });
});

function entry(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body]);
}

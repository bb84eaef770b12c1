import { packageFoldersOf } from './bundle-app.ts';

describe('packageFoldersOf', () => {
  it.each([
    ['our own sources', 'libs/api/src/ip.ts', []],
    ['a package', 'node_modules/pino/lib/proto.js', ['node_modules/pino']],
    ['a scoped package', 'node_modules/@a/b/index.js', ['node_modules/@a/b']],
    ['the package inside', 'node_modules/a/node_modules/b/c.js', ['node_modules/a/node_modules/b']],
    [
      'a file of a plug-in',
      `native-netlink:${process.cwd()}/node_modules/netlink/dist/raw.js`,
      ['node_modules/netlink'],
    ],
  ])('finds %s', (_, file, expected) => {
    expect(packageFoldersOf([file, file])).toEqual(expected);
  });
});

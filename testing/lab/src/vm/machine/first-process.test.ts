import { setUpScript } from './first-process.ts';

describe('setUpScript', () => {
  it('mounts each share, read-only, under its own tag', () => {
    const script = setUpScript([
      { hostPath: '/a', guestPath: '/repo' },
      { hostPath: '/b', guestPath: "/it's here" },
    ]);
    expect(script).toMatch(/mkdir -p '\/repo'\nmount -t 9p -o ro,\S* share0 '\/repo'/);
    expect(script).toContain(String.raw`share1 '/it'\''s here'`);
  });
});

import { recipeHash } from './recipe.ts';

describe('recipeHash', () => {
  it('names a folder, the same one each time', () => {
    expect(recipeHash('bookworm')).toMatch(/^[0-9a-f]{16}$/);
    expect(recipeHash('bookworm')).toBe(recipeHash('bookworm'));
  });

  it('differs between Debian releases, whose packages are not the same', () => {
    expect(recipeHash('bookworm')).not.toBe(recipeHash('trixie'));
  });
});

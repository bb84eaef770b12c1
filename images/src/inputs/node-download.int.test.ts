import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadNode } from './node-download.ts';
import { nodePackages } from './node-packages.ts';

// A package in npm's cache need not come over the network.
process.env.npm_config_prefer_offline = 'true';

describe('downloadNode', () => {
  it('refuses a package that is not the pinned one', async () => {
    const target = await mkdtemp(join(tmpdir(), 'sallyport-images-test-'));
    try {
      await expect(
        downloadNode({ ...nodePackages.amd64, integrity: 'sha512-0000' }, target),
      ).rejects.toThrow(/has integrity sha512-\S+, expected sha512-0000: it is not used/);
      expect(await readdir(target)).not.toContain('bin');
    } finally {
      await rm(target, { recursive: true });
    }
  }, 600_000);
});

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildOnce } from './build-once.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sallyport-lab-test-'));
});
afterEach(() => rm(parent, { recursive: true }));

describe('buildOnce', () => {
  it('builds once for all who want the folder at the same time', async () => {
    const folder = join(parent, 'new', 'root');
    let builds = 0;
    const build = async (temporary: string): Promise<void> => {
      builds += 1;
      await sleep(200);
      await writeFile(join(temporary, 'content'), 'whole');
    };
    await Promise.all([
      buildOnce(folder, build),
      buildOnce(folder, build),
      buildOnce(folder, build),
    ]);
    await buildOnce(folder, build);
    expect(builds).toBe(1);
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('whole');
  });

  it('leaves nothing of a build that failed, and lets the next one try', async () => {
    const folder = join(parent, 'root');
    const failing = buildOnce(folder, async (temporary) => {
      await writeFile(join(temporary, 'content'), 'half');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(await readdir(parent)).toEqual(['root.lock']);
    await buildOnce(folder, (temporary) => writeFile(join(temporary, 'content'), 'whole'));
    expect(await readFile(join(folder, 'content'), 'utf8')).toBe('whole');
  });
});

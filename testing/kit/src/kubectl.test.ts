import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kubectl } from './kubectl.ts';
import { createKubectl, KubectlError } from './kubectl.ts';

/** Runs its second argument as a script: the first is the kubeconfig. */
const STAND_IN = '#!/bin/sh\nexec sh -c "$2"\n';

let folder: string;
let kubectl: Kubectl;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-kubectl-'));
  await writeFile(join(folder, 'kubectl'), STAND_IN, { mode: 0o755 });
  kubectl = createKubectl(join(folder, 'kubectl'), 'none');
});

afterAll(() => rm(folder, { recursive: true }));

describe('createKubectl', () => {
  it('passes standard input and returns standard output', async () => {
    expect(await kubectl.run(['cat'], { stdin: 'kind: Pod' })).toBe('kind: Pod');
  });

  it('throws an error with arguments, exit status and standard error', async () => {
    const failing = kubectl.run(['echo refused >&2; exit 3']);
    await expect(failing).rejects.toThrow(KubectlError);
    await expect(failing).rejects.toThrow(
      'kubectl echo refused >&2; exit 3: exit status 3: refused',
    );
    await expect(failing).rejects.toMatchObject({ stderr: 'refused\n' });
  });

  it('returns the result of a command that may fail', async () => {
    const result = await kubectl.try(['echo some; exit 1']);
    expect(result).toEqual({ code: 1, stdout: 'some\n', stderr: '' });
  });

  it('ends a command at the end of its time', async () => {
    expect(await kubectl.try(['exec sleep 60'], { timeoutMs: 50 })).toMatchObject({
      code: null,
    });
  });

  it('follows a command until its output matches', async () => {
    const following = kubectl.follow(['echo one; exec sleep 60']);
    await following.until(/one/);
    await following.end();
    await expect(following.until(/two/)).rejects.toThrow('ended (SIGKILL) before it printed /two/');
  });
});

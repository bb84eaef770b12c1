import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { waitFor } from '@sallyport/kit';
import { KubeConfigError } from './kube-config-error.ts';
import { loadKubeCredentials } from './kube-credentials.ts';

type Fields = Readonly<Record<string, unknown>>;

describe('loadKubeCredentials', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kube-'));
    await writeFile(join(folder, 'there'), '');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('takes files that exist, and a command that it does not run yet', async () => {
    const user = {
      'client-certificate': 'there',
      'client-key': 'there',
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/missing/command' },
    };
    const kubeconfig = await written({ 'certificate-authority': 'there' }, user);
    expect(loadKubeCredentials(kubeconfig).server).toBe('https://10.0.0.1:6443');
  });

  it.each<[string, Fields, Fields, RegExp]>([
    [
      'certificate authority',
      { 'certificate-authority': 'missing-ca' },
      {},
      /config: ENOENT.*missing-ca/,
    ],
    ['client certificate', {}, { 'client-certificate': 'missing-cert' }, /ENOENT.*missing-cert/],
    ['client key', {}, { 'client-key': 'missing-key' }, /ENOENT.*missing-key/],
    [
      'token file',
      {},
      { 'auth-provider': { name: 'tokenFile', config: { tokenFile: '/missing/token' } } },
      /ENOENT.*\/missing\/token/,
    ],
    [
      'server URL free of credentials',
      { server: 'https://me:my-token@10.0.0.1' },
      {},
      /config: the server of its cluster is a URL with credentials: move them to its user$/,
    ],
    ['scheme', { server: '10.0.0.1:6443' }, {}, /the server "10.0.0.1:6443" of its cluster/],
    ['valid port', { server: 'https://10.0.0.1:643x' }, {}, /the server "https:.*643x"/],
  ])('refuses a kubeconfig without a %s', async (_, cluster, user, message) => {
    const kubeconfig = await written(cluster, user);
    expect(() => loadKubeCredentials(kubeconfig)).toThrow(KubeConfigError);
    expect(() => loadKubeCredentials(kubeconfig)).toThrow(message);
  });

  it.each([
    [
      'wrong indentation',
      'users:\n- name: c\n   user: { token: my-token }\n',
      'line 3, column 8: bad',
    ],
    ['an alias', 'token: *my-token\n', 'line 1, column 9: unidentified alias'],
  ])('does not quote a kubeconfig with %s, which may have a token', async (_, text, message) => {
    const file = join(folder, 'broken');
    await writeFile(file, text);
    const error = thrownBy(() => loadKubeCredentials(file));
    expect(String(error)).toContain(message);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('my-token');
  });

  it('does not quote the output of a command', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'echo',
      args: ['my-token'],
    };
    const credentials = loadKubeCredentials(await written({}, { exec }));
    const error = await credentials.applyTo({}).catch((cause: unknown) => cause);
    expect(String(error)).toContain('the output of its command is not JSON');
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('my-token');
  });

  describe('with a command that hangs', () => {
    let starts: string;
    let kubeconfig: string;
    beforeEach(async () => {
      starts = join(folder, 'starts');
      const exec = {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sh',
        // It ends when the folder of this test is gone.
        args: ['-c', `echo x >> ${starts}; while [ -e ${starts} ]; do sleep 0.1; done`],
      };
      kubeconfig = await written({}, { exec });
    });

    it('runs it once for all requests, each of which its signal ends', async () => {
      const credentials = loadKubeCredentials(kubeconfig);
      const stop = new AbortController();
      const requests = Array.from({ length: 5 }, () => credentials.applyTo({}, stop.signal));
      await waitFor('the command to start', () => existsSync(starts));
      stop.abort(new Error('stopped'));
      for (const request of requests) {
        await expect(request).rejects.toThrow('stopped');
      }
      expect(readFileSync(starts, 'utf8')).toBe('x\n');
    });

    it('gives up after a limit', async () => {
      const credentials = loadKubeCredentials(kubeconfig, 50);
      await expect(credentials.applyTo({})).rejects.toMatchObject({
        code: 'KUBE_CONFIG',
        message: expect.stringContaining('has not answered within 0.05s') as unknown,
      });
    });
  });

  /** Writes a kubeconfig. */
  async function written(cluster: Fields, user: Fields): Promise<string> {
    const file = join(folder, 'config');
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
      users: [{ name: 'c', user }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

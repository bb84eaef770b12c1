import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:https';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { KubeClient, KubeRequest } from './kube-client.ts';
import { createKubeClient } from './kube-client.ts';

const KEYS = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority that signs for the API server and for its clients. */
interface Authority {
  readonly cert: string;
  issue(name: string): Promise<KeyPair>;
}

const unsafe: KubeRequest = {
  method: 'PATCH',
  path: '/apis/crd.antrea.io/v1beta1/egresses/web/status',
  body: { status: {} },
};
const repeatable: KubeRequest = {
  method: 'PATCH',
  path: '/api/v1/namespaces/default/events/web.1',
  body: { count: 2 },
  repeatable: true,
};

describe('a client of an API server with TLS', () => {
  let folder: string;
  let authority: Authority;
  let server: Server;
  let client: KubeClient;
  /** The common name of the client certificate of each TLS handshake. */
  let handshakes: unknown[];
  let seen: string[];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  const serve = async (identity: KeyPair, port = 0): Promise<void> => {
    server = createServer(
      { ...identity, ca: authority.cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => {
        seen.push(request.method ?? '');
        request.resume().on('end', () => {
          answer(request, response);
        });
      },
    );
    server.on('secureConnection', (socket) => {
      const { subject } = socket.getPeerCertificate() as Partial<PeerCertificate>;
      handshakes.push(subject?.CN);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const portOf = (): number => (server.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  const writeKubeconfig = (user: Readonly<Record<string, unknown>>): Promise<void> =>
    writeFile(
      join(folder, 'config'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'c',
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://127.0.0.1:${portOf()}`,
              'certificate-authority': 'ca.crt',
              'tls-server-name': 'kubernetes',
            },
          },
        ],
        users: [{ name: 'c', user }],
        contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
      }),
    );
  const writeClientCertificate = async ({ cert, key }: KeyPair): Promise<void> => {
    await writeFile(join(folder, 'client.crt'), cert);
    await writeFile(join(folder, 'client.key'), key);
  };

  beforeEach(async () => {
    handshakes = [];
    seen = [];
    answer = (_, response) => response.end('{}');
    folder = await mkdtemp(join(tmpdir(), 'kube-'));
    authority = await createAuthority('one');
    await writeFile(join(folder, 'ca.crt'), authority.cert);
    await serve(await authority.issue('kubernetes'));
    await writeClientCertificate(await authority.issue('controller'));
    await writeKubeconfig({ 'client-certificate': 'client.crt', 'client-key': 'client.key' });
    client = createKubeClient(join(folder, 'config'));
  });

  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  it('sends a hundred requests over one connection', async () => {
    for (let index = 0; index < 100; index += 1) {
      await client.json(repeatable);
    }
    expect(handshakes).toHaveLength(1);
    expect(seen).toHaveLength(100);
  });

  it('opens no more connections than its limit', async () => {
    await Promise.all(Array.from({ length: 100 }, () => client.json(repeatable)));
    expect(handshakes.length).toBeLessThanOrEqual(32);
  });

  it('trusts a new certificate authority once the file has it', async () => {
    await client.json(repeatable);
    const port = portOf();
    await close();
    authority = await createAuthority('two');
    await serve(await authority.issue('kubernetes'), port);
    await expect(client.json(repeatable)).rejects.toThrow(/self-signed|unable to verify|signature/);
    await writeFile(join(folder, 'ca.crt'), authority.cert);
    await expect(client.json(repeatable)).resolves.toEqual({});
  });

  it('presents a new client certificate once the files have it', async () => {
    await client.json(repeatable);
    await writeClientCertificate(await authority.issue('controller-renewed'));
    await client.json(repeatable);
    expect(handshakes).toEqual(['controller', 'controller-renewed']);
  });

  it('uses the new credentials of a kubeconfig that was rewritten', async () => {
    const tokens = recordTokens();
    await writeKubeconfig({ token: 'first' });
    await client.json(repeatable);
    await writeKubeconfig({ token: 'second' });
    await client.json(repeatable);
    await writeFile(join(folder, 'config'), 'half writ');
    await client.json(repeatable);
    expect(tokens).toEqual(['Bearer first', 'Bearer second', 'Bearer second']);
  });

  it('reads the token file again as soon as the API server refuses the token', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'first');
    await writeKubeconfig({ 'auth-provider': { name: 'tokenFile', config: { tokenFile: file } } });
    const tokens = recordTokens();
    await client.json(repeatable);
    await writeFile(file, 'second');
    answer = ({ headers }, response) => {
      tokens.push(headers.authorization);
      response.writeHead(headers.authorization === 'Bearer second' ? 200 : 401).end('{}');
    };
    await client.json(repeatable);
    expect(tokens).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
    await writeFile(file, 'third');
    answer = (_, response) => response.writeHead(401).end('{"message":"Unauthorized"}');
    await expect(client.json(repeatable)).rejects.toMatchObject({ status: 401 });
  });

  it('names the kubeconfig when a file that it refers to cannot be read', async () => {
    await rm(join(folder, 'ca.crt'));
    await expect(client.json(repeatable)).rejects.toMatchObject({
      code: 'KUBE_CONFIG',
      message: expect.stringMatching(/kubeconfig .*config: ENOENT.*ca\.crt/) as unknown,
    });
  });

  describe('whose kept connection is closed when it sends a request', () => {
    it.each<[string, KubeRequest]>([
      ['a read', { method: 'GET', path: '/api/v1/pods' }],
      ['a write that may be repeated', repeatable],
    ])('sends %s again over a new connection', async (_name, request) => {
      await client.json(repeatable);
      answer = closeOnce();
      await expect(client.json(request)).resolves.toEqual({});
      expect(seen).toEqual(['PATCH', request.method, request.method]);
      expect(handshakes).toHaveLength(2);
    });

    it('does not repeat a write that the API server may have carried out', async () => {
      await client.json(repeatable);
      answer = closeOnce();
      await expect(client.json(unsafe)).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(seen).toEqual(['PATCH', 'PATCH']);
    });

    it('does not repeat a request that failed on a new connection', async () => {
      answer = closeOnce();
      await expect(client.json(repeatable)).rejects.toMatchObject({ code: 'ECONNRESET' });
      expect(seen).toEqual(['PATCH']);
    });
  });

  /** Collects the Authorization header of each request. */
  function recordTokens(): unknown[] {
    const tokens: unknown[] = [];
    answer = ({ headers }, response) => {
      tokens.push(headers.authorization);
      response.end('{}');
    };
    return tokens;
  }

  /** Closes the connection of the first request instead of answering. */
  function closeOnce(): typeof answer {
    let closed = false;
    return ({ socket }, response) => {
      if (closed) {
        response.end('{}');
      } else {
        closed = true;
        socket.destroy();
      }
    };
  }
});

async function createAuthority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const validity = { notBefore: new Date(), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: `CN=${name}`,
    keys,
    signingAlgorithm: KEYS,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    cert: authority.toString('pem'),
    async issue(subject) {
      const { publicKey, privateKey } = await newKeys();
      const certificate = await X509CertificateGenerator.create({
        ...validity,
        subject: `CN=${subject}`,
        issuer: authority.subject,
        publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: KEYS,
        extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: subject }])],
      });
      const der = await webcrypto.subtle.exportKey('pkcs8', privateKey);
      const base64 = Buffer.from(der).toString('base64');
      return {
        cert: certificate.toString('pem'),
        key: `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`,
      };
    },
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEYS, true, ['sign', 'verify']);
}

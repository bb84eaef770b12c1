import { recipes } from '../recipes.ts';
import { imageConfigFor, indexFor } from './image-documents.ts';

const digest = `sha256:${'0'.repeat(64)}`;
const release = { version: '1.2.3', revision: 'abc' };

describe('imageConfigFor', () => {
  it('starts the controller as a user without rights, by number', () => {
    expect(imageConfigFor(recipes.controller, release, 'arm64', [])).toMatchObject({
      architecture: 'arm64',
      variant: 'v8',
      config: { User: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/) as unknown },
    });
  });

  it('names version, commit and licence', () => {
    expect(imageConfigFor(recipes.agent, release, 'amd64', [])).toMatchObject({
      config: {
        Labels: {
          'org.opencontainers.image.version': '1.2.3',
          'org.opencontainers.image.revision': 'abc',
          'org.opencontainers.image.licenses': 'Apache-2.0',
        },
      },
    });
  });
});

describe('indexFor', () => {
  it('names the platform of each manifest', () => {
    const manifest = { mediaType: 'application/x', digest, size: 1 };
    const manifests = new Map([
      ['amd64', manifest],
      ['arm64', manifest],
    ] as const);
    expect(indexFor(manifests, {})).toMatchObject({
      manifests: [
        { digest, platform: { os: 'linux', architecture: 'amd64' } },
        { digest, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
      ],
    });
  });
});

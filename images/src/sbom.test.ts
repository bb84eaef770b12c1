import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import type { Part } from './sbom.ts';
import { sbomFor } from './sbom.ts';

const image = { name: 'agent', version: '1.2.3', release: 'debian-12' } as const;
const parts: readonly Part[] = [
  { ecosystem: 'npm', name: 'pino', version: '10.4.0', licence: 'MIT' },
  { ecosystem: 'npm', name: '@fastify/cors', version: '1.0.0', licence: '(MIT OR Apache-2.0)' },
  { ecosystem: 'deb', name: 'libstdc++6', version: '1:12.2.0-14+b1', architecture: 'arm64' },
  { ecosystem: 'node', name: 'node', version: '24.21.0' },
];

describe('sbomFor', () => {
  it('follows the schema of CycloneDX', async () => {
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(JSON.stringify(sbomFor(image, parts)))).toBeNull();
  });

  it('names each part by its package URL, in one order', () => {
    const expected = [
      'pkg:deb/debian/libstdc%2B%2B6@1%3A12.2.0-14%2Bb1?arch=arm64&distro=debian-12',
      'pkg:generic/node@24.21.0',
      'pkg:npm/%40fastify/cors@1.0.0',
      'pkg:npm/pino@10.4.0',
    ];
    const components = expected.map((purl) => expect.objectContaining({ purl }) as unknown);
    expect(sbomFor(image, parts)).toMatchObject({ components });
    expect(sbomFor(image, parts.toReversed())).toEqual(sbomFor(image, parts));
  });
});

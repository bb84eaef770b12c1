import type { ImageName } from './recipes.ts';

/** A part of an image that others made. */
export interface Part {
  readonly ecosystem: 'deb' | 'npm' | 'node';
  readonly name: string;
  readonly version: string;
  /** A licence of SPDX. Those of Debian packages are in /usr/share/doc/<name>/copyright. */
  readonly licence?: string;
  /** Of a Debian package. */
  readonly architecture?: string;
}

/**
 * The bill of materials of an image, as CycloneDX 1.6. It has neither a time nor a serial number,
 * so that equal images have equal bills.
 */
export function sbomFor(
  image: { readonly name: ImageName; readonly version: string; readonly release: string },
  parts: readonly Part[],
): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'container',
        'bom-ref': `sallyport-${image.name}`,
        name: `sallyport-${image.name}`,
        version: image.version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: parts.map((part) => componentFor(part, image.release)).sort(byReference),
  };
}

interface Component {
  readonly 'bom-ref': string;
}

function componentFor(part: Part, release: string): Component {
  const purl = packageUrl(part, release);
  return {
    'bom-ref': purl,
    ...{
      type: part.ecosystem === 'node' ? 'platform' : 'library',
      name: part.name,
      version: part.version,
      purl,
    },
    ...(part.ecosystem === 'node' && {
      cpe: `cpe:2.3:a:nodejs:node.js:${part.version}:*:*:*:*:*:*:*`,
    }),
    ...(part.licence !== undefined && { licenses: [licenceOf(part.licence)] }),
  };
}

function packageUrl({ ecosystem, name, version, architecture }: Part, release: string): string {
  switch (ecosystem) {
    case 'deb': {
      const query = new URLSearchParams({ arch: architecture ?? 'all', distro: release });
      return `pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${query.toString()}`;
    }
    case 'npm':
      return `pkg:npm/${name.replace('@', '%40')}@${version}`;
    case 'node':
      return `pkg:generic/node@${version}`;
  }
}

/** An expression has operators; anything else is the id of a licence. */
function licenceOf(text: string): object {
  return / (OR|AND|WITH) /.test(text)
    ? { expression: text.replace(/^\((.*)\)$/, '$1') }
    : { license: { id: text } };
}

function byReference(a: Component, b: Component): number {
  return a['bom-ref'] < b['bom-ref'] ? -1 : 1;
}

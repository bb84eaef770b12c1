import type { BuiltImage } from './build-images.ts';

/** A table of the images: digest, and the sizes of the layers that a Node downloads. */
export function renderSizes(images: readonly BuiltImage[]): string {
  const lines = images.flatMap(({ name, layout, digest, layers }) => [
    `${name}  ${digest}`,
    `  ${layout}`,
    ...[...layers].map(([architecture, list]) => {
      const parts = list.map(({ size }) => megabytes(size)).join(' + ');
      const total = list.reduce((sum, { size }) => sum + size, 0);
      return `  ${architecture.padEnd(5)} ${megabytes(total)} MB compressed (${parts})`;
    }),
  ]);
  return `${lines.join('\n')}\n`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

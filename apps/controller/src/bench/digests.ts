import type { Size } from './workload.ts';

/**
 * The digests of the right answers, from an implementation in Go with Antrea's grouping: Pods,
 * Egresses, Namespaces, Nodes.
 */
const knownDigests: Readonly<Record<string, string>> = {
  '10000 100 1000 100': '5115:1180dcf7',
  '10000 1000 1000 100': '5115:6fbe9602',
  '10000 1000 10000 1000': '5059:3ecca53c',
  '10000 5000 1000 100': '5115:28396212',
  '100000 100 1000 100': '50325:c5b41342',
  '100000 100 10000 1000': '50550:f4c5b188',
  '100000 1000 1000 100': '50325:1f5d36ff',
  '100000 1000 10000 1000': '50550:eb6e1d4e',
  '100000 5000 10000 1000': '50550:1008359a',
};

/** Undefined for a size that was not computed with another implementation. */
export function knownDigestOf({ pods, egresses, namespaces, nodes }: Size): string | undefined {
  return knownDigests[[pods, egresses, namespaces, nodes].join(' ')];
}

/** The sizes with a known digest. */
export function sizesWithDigest(): readonly Size[] {
  return Object.keys(knownDigests).map((key) => {
    const [pods = 0, egresses = 0, namespaces = 0, nodes = 0] = key.split(' ').map(Number);
    return { pods, egresses, namespaces, nodes };
  });
}

import { knownDigestOf, sizesWithDigest } from './digests.ts';
import { digestOf, expectedMembers } from './workload.ts';

describe('the cluster of the bench', () => {
  it.each(sizesWithDigest().filter(({ pods }) => pods <= 10_000))(
    'has the members that another implementation has found: %p',
    (size) => {
      expect(digestOf(expectedMembers(size))).toBe(knownDigestOf(size));
    },
  );
});

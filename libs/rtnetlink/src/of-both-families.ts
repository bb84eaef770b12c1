import { AF_INET, AF_INET6 } from './inet.ts';
import { tolerate } from './tolerate.ts';

/**
 * Asks for each family in turn. A kernel without IPv6 refuses, or answers for all families at once.
 */
export async function ofBothFamilies<T extends { readonly data: { readonly family?: number } }>(
  dump: (family: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const ipv4 = await dump(AF_INET);
  let ipv6: readonly T[] = [];
  await tolerate(
    dump(AF_INET6).then((messages) => {
      ipv6 = messages.filter(({ data }) => data.family === AF_INET6);
    }),
    'EAFNOSUPPORT',
    'EOPNOTSUPP',
  );
  return [...ipv4, ...ipv6];
}

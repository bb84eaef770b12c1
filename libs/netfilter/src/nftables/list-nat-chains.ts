import { NetlinkError } from '@sallyport/nfnetlink';
import { dumpChains } from './dump-tables.ts';
import type { NatChain } from './rival.ts';
import { natChainsIn } from './rival.ts';
import { withSocket } from './with-socket.ts';

/** Refusals of a kernel that has no nf_tables, by the names of Node.js. */
const NO_NF_TABLES: readonly (string | undefined)[] = ['EINVAL', 'ENOTSUP', 'EPROTONOSUPPORT'];

/** The chains of nf_tables that translate sources; none on a kernel without nf_tables. */
export async function listNatChains(): Promise<readonly NatChain[]> {
  try {
    return natChainsIn(await withSocket(dumpChains));
  } catch (error) {
    if (error instanceof NetlinkError && NO_NF_TABLES.includes(error.errorName)) {
      return [];
    }
    throw error;
  }
}

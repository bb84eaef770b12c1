import { dumpChains } from './dump-tables.ts';
import type { NatChain } from './rival.ts';
import { natChainsIn } from './rival.ts';
import { unlessNoNfTables } from './unless-no-nf-tables.ts';
import { withSocket } from './with-socket.ts';

/** The chains of nf_tables that translate sources; none on a kernel without nf_tables. */
export async function listNatChains(): Promise<readonly NatChain[]> {
  return natChainsIn((await unlessNoNfTables(withSocket(dumpChains))) ?? []);
}

import { NetlinkError } from '@sallyport/nfnetlink';

/** Refusals of a kernel that has no nf_tables, by the names of Node.js. */
const NO_NF_TABLES: readonly (string | undefined)[] = ['EINVAL', 'ENOTSUP', 'EPROTONOSUPPORT'];

/** Resolves with undefined on a kernel without nf_tables. */
export async function unlessNoNfTables<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (error instanceof NetlinkError && NO_NF_TABLES.includes(error.errorName)) {
      return undefined;
    }
    throw error;
  }
}

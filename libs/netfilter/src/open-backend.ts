import type { RunCommand } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import { NO_CONTENT } from './nftables/nft-content.ts';
import { makeTables, openNftables } from './nftables/open-nftables.ts';
import { openIptables } from './open-iptables.ts';
import type { Netfilter } from './open-netfilter.ts';
import type { BackendConfig } from './take-over.ts';
import { leaveIptables, leaveNftables } from './take-over.ts';
import { isRefusal } from './unless-refused.ts';

/** The programs and the part of the kernel that translate and drop packets. */
export type SnatBackend = 'nftables' | 'iptables';

/** An open backend, and the reason for it. */
export interface BackendChoice {
  readonly backend: SnatBackend;
  /** Why `auto` did not choose nftables; absent when it did, or was not asked. */
  readonly reason?: string;
  readonly netfilter: Netfilter;
}

/**
 * Opens the wanted backend, after it has taken over everything from the other one: no packet is
 * without its rules meanwhile. With `keepOther`, as in a dry run, nothing is changed. `auto` is
 * nftables wherever the kernel and nft accept our tables: hardly a chain of another program can
 * translate before that one.
 */
export async function openBackend(
  run: RunCommand,
  config: BackendConfig,
  wanted: SnatBackend | 'auto',
  { keepOther }: { readonly keepOther: boolean },
): Promise<BackendChoice> {
  const { marks } = config;
  const reason = wanted === 'auto' ? await refusalOf(run, marks) : undefined;
  const backend = wanted === 'auto' ? (reason === undefined ? 'nftables' : 'iptables') : wanted;
  if (backend === 'nftables') {
    if (!keepOther) {
      await leaveIptables(run, config);
    }
    return { backend, netfilter: openNftables(run, marks) };
  }
  if (!keepOther) {
    await leaveNftables(run, config);
  }
  return {
    backend,
    netfilter: openIptables(run, marks),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Why the Node cannot have our tables; undefined when it can. Changes nothing. */
async function refusalOf(run: RunCommand, marks: Marks): Promise<string | undefined> {
  const content = { ...NO_CONTENT, snatIds: new Map([[1, '192.0.2.1']]) };
  try {
    await run(['nft', '-c', '-f', '-'], { stdin: makeTables(content, marks).script });
    return undefined;
  } catch (error) {
    if (isRefusal(error)) {
      return error.message;
    }
    throw error;
  }
}

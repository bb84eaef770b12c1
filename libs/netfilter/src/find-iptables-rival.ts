import type { RunCommand } from '@sallyport/command';
import type { NatChain } from './nftables/rival.ts';
import { rivalOf } from './nftables/rival.ts';
import { parseIptablesRules } from './parse-iptables.ts';
import { unlessRefused } from './unless-refused.ts';

/** Of the NAT chain of iptables in POSTROUTING, in both of its variants. */
const IPTABLES_NAT_PRIORITY = 100;

/**
 * Rules that may translate before ours in iptables: a chain of nftables, or the nat table of the
 * other variant of iptables. Each variant has a table of its own in the kernel (xtables-nft(8)),
 * and the order of two chains with one priority cannot be seen.
 * @param listNatChains none on a kernel without nf_tables
 */
export async function findIptablesRival(
  run: RunCommand,
  listNatChains: () => Promise<readonly NatChain[]>,
): Promise<string | undefined> {
  const [chains, other] = await Promise.all([listNatChains(), findOtherVariant(run)]);
  return rivalOf(chains, IPTABLES_NAT_PRIORITY) ?? other;
}

async function findOtherVariant(run: RunCommand): Promise<string | undefined> {
  const version = await run(['iptables', '--version']);
  const other = version.stdout.includes('nf_tables') ? 'iptables-legacy' : 'iptables-nft';
  const saved = await unlessRefused(run([`${other}-save`]));
  const rules = parseIptablesRules(saved?.stdout ?? '').nat.get('POSTROUTING') ?? [];
  return rules.length === 0
    ? undefined
    : `the chain POSTROUTING of table nat, of ${other}, at priority ${IPTABLES_NAT_PRIORITY}`;
}

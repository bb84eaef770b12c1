import type { RunCommand } from '@sallyport/command';
import { FORWARD_CHAIN } from '@sallyport/dataplane';
import type { IptablesOperation } from '../netfilter-operation.ts';
import type { IptablesState } from '../netfilter-state.ts';
import type { IptablesRules } from '../parse-iptables.ts';
import { ownIptables } from '../parse-iptables.ts';
import { renderRestore } from '../render-restore.ts';
import { unlessRefused } from '../unless-refused.ts';

/**
 * Our chain in iptables' filter table and the jumps from FORWARD; undefined on a Node without
 * iptables. It reads these two chains alone: others may have thousands of rules.
 */
export async function observeFilter(run: RunCommand): Promise<IptablesState | undefined> {
  const rules = await readFilter(run);
  return rules && ownIptables(rules);
}

/** Replaces our chain and the jump to it. */
export async function applyFilter(run: RunCommand, operation: IptablesOperation): Promise<void> {
  const stdin = renderRestore(operation, (await readFilter(run)) ?? NO_RULES);
  if (stdin !== '') {
    // -w: legacy iptables takes a lock that kube-proxy and the CNI have at times.
    await run(['iptables-restore', '--noflush', '-w', '5'], { stdin });
  }
}

const NO_RULES: IptablesRules = {
  raw: new Map(),
  mangle: new Map(),
  nat: new Map(),
  filter: new Map(),
};

async function readFilter(run: RunCommand): Promise<IptablesRules | undefined> {
  const [builtIn, own] = await Promise.all([
    readChain(run, 'FORWARD'),
    readChain(run, FORWARD_CHAIN),
  ]);
  if (builtIn === undefined) {
    return undefined;
  }
  return {
    ...NO_RULES,
    filter: new Map([
      ['FORWARD', builtIn],
      ...(own === undefined ? [] : [[FORWARD_CHAIN, own] as const]),
    ]),
  };
}

/**
 * The rules of a chain of the filter table; undefined without the chain or without iptables. So it
 * is where iptables cannot read a chain: of a missing one, too, it says that it is "incompatible".
 */
async function readChain(run: RunCommand, chain: string): Promise<readonly string[] | undefined> {
  const listed = await unlessRefused(run(['iptables', '-w', '5', '-t', 'filter', '-S', chain]));
  const prefix = `-A ${chain} `;
  return listed?.stdout
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => line.slice(prefix.length));
}

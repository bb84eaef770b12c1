import type { RunCommand } from '@sallyport/command';
import type { Operation } from '@sallyport/dataplane';
import { forgetConnections } from './forget-connections.ts';
import type { NetfilterNames } from './netfilter-names.ts';
import { saveIptables } from './observe-iptables.ts';
import { renderIpset } from './render-ipset.ts';
import { renderIptables } from './render-iptables.ts';

/** The operations that this library applies. */
export type NetfilterOperation = Extract<
  Operation,
  { op: 'ipset-restore' | 'iptables-restore' | 'forget-connections' }
>;

/** Applies one operation; rejects with CommandError. */
export async function applyNetfilter(
  run: RunCommand,
  names: NetfilterNames,
  operation: NetfilterOperation,
): Promise<void> {
  switch (operation.op) {
    case 'ipset-restore':
      await run(['ipset', 'restore', '-exist'], { stdin: renderIpset(operation.changes, names) });
      return;
    case 'iptables-restore': {
      const stdin = renderIptables(operation, await saveIptables(run), names.chainPrefix);
      if (stdin === '') {
        return;
      }
      // -w: legacy iptables takes a lock that kube-proxy and the CNI hold at times.
      await run(['iptables-restore', '--noflush', '-w', '5'], { stdin });
      return;
    }
    case 'forget-connections':
      await forgetConnections(run, operation.connections);
  }
}

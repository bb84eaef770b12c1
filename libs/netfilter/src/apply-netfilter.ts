import type { RunCommand } from '@sallyport/command';
import type { Marks } from '@sallyport/dataplane';
import type { NetfilterOperation } from './netfilter-operation.ts';
import { saveIptables } from './observe-netfilter.ts';
import { renderIpset } from './render-ipset.ts';
import { renderRestore } from './render-restore.ts';

/** Applies one operation; rejects with CommandError. */
export async function applyNetfilter(
  run: RunCommand,
  marks: Marks,
  operation: NetfilterOperation,
): Promise<void> {
  switch (operation.op) {
    case 'update-sets':
      await run(['ipset', 'restore', '-exist'], { stdin: renderIpset(operation.changes, marks) });
      return;
    case 'nft-rules':
      throw new Error('nft-rules: the backend is iptables');
    case 'iptables-restore': {
      const stdin = renderRestore(operation, await saveIptables(run));
      if (stdin === '') {
        return;
      }
      // -w: legacy iptables takes a lock that kube-proxy and the CNI have at times.
      await run(['iptables-restore', '--noflush', '-w', '5'], { stdin });
    }
  }
}

import { existsSync, readFileSync } from 'node:fs';
import type { SnatBackend } from '@sallyport/netfilter';
import { watchNftables } from '@sallyport/netfilter';
import { watchOvs } from '@sallyport/ovs';
import type { Clock } from '@sallyport/reconcile';
import type { RoutingTarget } from '@sallyport/rtnetlink';
import { watchRouting } from '@sallyport/rtnetlink';
import type { ChangeExtent, DataplanePart } from './dataplane.ts';

/** Listens to the dataplane of one Node. */
export interface DataplaneWatch {
  /** Whether every change of the part by other software is noticed at the moment. */
  isLive(part: DataplanePart): boolean;
  close(): Promise<void>;
}

/** The receiver of changes, and the time. */
export interface DataplaneWatchOptions {
  /** Something of ours in the part may have changed, by us or by other software. */
  readonly onChange: (part: DataplanePart, extent: ChangeExtent) => void;
  readonly clock: Clock;
}

/** How the kernel of this network namespace is watched. */
export interface KernelWatchOptions extends DataplaneWatchOptions {
  readonly target: RoutingTarget;
  /** The one that is in use; undefined before the first pass. */
  readonly backend: () => SnatBackend | undefined;
}

/** The iptables tables of this network namespace that are not in nf_tables. */
const LEGACY_TABLES = '/proc/self/net/ip_tables_names';

/** Watches Open vSwitch, nf_tables and the routing of this network namespace. */
export function watchKernel({
  onChange,
  clock,
  target,
  backend,
}: KernelWatchOptions): DataplaneWatch {
  const ovs = watchOvs({
    onChange: () => {
      onChange('ovs', 'any');
    },
    clock,
  });
  const routing = watchRouting(target, () => {
    onChange('routing', 'any');
  });
  const nftables = watchNftables((extent) => {
    onChange('netfilter', extent);
  });
  return {
    isLive(part) {
      switch (part) {
        case 'ovs':
          return ovs.isLive();
        case 'routing':
          return true;
        case 'netfilter':
          // ipset notifies nobody, and neither does iptables-legacy.
          return backend() === 'nftables' && !hasLegacyTables();
      }
    },
    async close() {
      routing.close();
      nftables.close();
      await ovs.close();
    },
  };
}

/** Rules of iptables-legacy change without a notification. */
function hasLegacyTables(): boolean {
  return existsSync(LEGACY_TABLES) && readFileSync(LEGACY_TABLES, 'utf8') !== '';
}

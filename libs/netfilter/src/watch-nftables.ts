import type { NetlinkMessage } from 'netlink';
import { createNetlink, Protocol } from 'netlink';
import { changeExtent } from './nftables-change.ts';

/** Listens to nf_tables in one network namespace. */
export interface NftablesWatch {
  close(): void;
}

/** NFNLGRP_NFTABLES (linux/netfilter/nfnetlink.h). */
const GROUP = 7;

/**
 * Calls `onChange` when something of ours in nf_tables may have changed. So may any base chain:
 * another one may now translate first. iptables-nft keeps its rules in nf_tables; iptables-legacy
 * and ipset notify nobody. A report of lost notifications (ENOBUFS) counts as a change of `any`
 * extent; the extent `own` stands for our two tables alone.
 */
export function watchNftables(onChange: (extent: 'own' | 'any') => void): NftablesWatch {
  const socket = createNetlink(Protocol.NETFILTER, {
    ref: true,
    // 0: leave them as they are.
    recvBufferSize: 0,
    sendBufferSize: 0,
  });
  socket.on('message', (messages: readonly NetlinkMessage[]) => {
    const extents = messages.map(changeExtent);
    if (extents.includes('any')) {
      onChange('any');
    } else if (extents.includes('own')) {
      onChange('own');
    }
  });
  const anyChange = (): void => {
    onChange('any');
  };
  socket.on('invalid', anyChange);
  socket.on('error', anyChange);
  socket.addMembership(GROUP);
  return {
    close() {
      socket.close();
    },
  };
}

import type { FakeConnection } from '@sallyport/conntrack/testing';
import type {
  ObservedRouting,
  ObservedState,
  Operation as PlanOperation,
} from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type {
  BackendOperation as NetfilterOperation,
  NetfilterState,
  NftTables,
  SnatBackend,
} from '@sallyport/netfilter';
import { readNetfilter, readNftables } from '@sallyport/netfilter';
import { EMPTY_NETFILTER, nftView } from '@sallyport/netfilter/testing';
import type { OvsOperation, OvsState } from '@sallyport/ovs';
import { readBridge } from '@sallyport/ovs';
import { EMPTY_OVS } from '@sallyport/ovs/testing';
import { EMPTY_ROUTING } from '@sallyport/rtnetlink/testing';

export type BackendOperation = OvsOperation | NetfilterOperation;

export type Operation = PlanOperation<BackendOperation>;

/** A Node that exists only in memory: our state on it, and the connections its kernel knows. */
export interface World extends NetfilterState {
  /** Where nftables is the backend; sets and rules are a view of them then. */
  readonly nft?: NftTables;
  readonly connections: readonly FakeConnection[];
  readonly ovs: OvsState;
  readonly routing: ObservedRouting;
  readonly nodeIP: string;
}

/** A Node with nothing of ours. */
export function emptyWorld(nodeIP: string, backend: SnatBackend = 'iptables'): World {
  const world = {
    ...EMPTY_NETFILTER,
    connections: [],
    ovs: EMPTY_OVS,
    routing: EMPTY_ROUTING,
    nodeIP,
  };
  return backend === 'iptables' ? world : withTables(world, {});
}

/** The Node with these tables of nftables. */
export function withTables(world: World, nft: NftTables): World {
  return { ...world, nft, ...nftView(nft, defaultMarks) };
}

/** The Node as an agent with the default marks reads it. */
export function observe(world: World): ObservedState<BackendOperation> {
  return {
    netfilter:
      world.nft === undefined
        ? readNetfilter(world, defaultMarks)
        : readNftables({ tables: world.nft }, defaultMarks),
    bridge: readBridge(world.ovs, defaultMarks),
    routing: world.routing,
  };
}

import type { FakeConnection } from '@sallyport/conntrack/testing';
import type { ObservedState, Operation as PlanOperation, RoutingState } from '@sallyport/dataplane';
import { defaultMarks } from '@sallyport/dataplane';
import type { IptablesOperation, NetfilterState } from '@sallyport/netfilter';
import { readNetfilter } from '@sallyport/netfilter';
import { EMPTY_NETFILTER } from '@sallyport/netfilter/testing';
import type { OvsOperation, OvsState } from '@sallyport/ovs';
import { readBridge } from '@sallyport/ovs';
import { EMPTY_OVS } from '@sallyport/ovs/testing';
import { EMPTY_ROUTING } from '@sallyport/rtnetlink/testing';

export type BackendOperation = OvsOperation | IptablesOperation;

export type Operation = PlanOperation<BackendOperation>;

/** A Node that exists only in memory: our state on it, and the connections its kernel knows. */
export interface World extends NetfilterState {
  readonly connections: readonly FakeConnection[];
  readonly ovs: OvsState;
  readonly routing: RoutingState;
  readonly nodeIP: string;
}

/** A Node with nothing of ours. */
export function emptyWorld(nodeIP: string): World {
  return { ...EMPTY_NETFILTER, connections: [], ovs: EMPTY_OVS, routing: EMPTY_ROUTING, nodeIP };
}

/** The Node as an agent with the default marks reads it. */
export function observe(world: World): ObservedState<BackendOperation> {
  return {
    netfilter: readNetfilter(world, defaultMarks),
    bridge: readBridge(world.ovs, defaultMarks),
    routing: world.routing,
  };
}

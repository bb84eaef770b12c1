import type { RoutingOperation } from '@sallyport/dataplane';
import type { Flow, Group, OvsPort } from './ovs-state.ts';

/** A change of one OVS bundle (ovs-ofctl(8), "bundle"): applied all or none. */
export type OvsChange =
  | { readonly op: 'add-flow' | 'delete-flow'; readonly flow: Flow }
  | { readonly op: 'add-group' | 'modify-group' | 'delete-group'; readonly group: Group };

/** The operations that this library makes and applies. */
export type OvsOperation =
  | { readonly op: 'delete-port'; readonly name: string }
  | { readonly op: 'ensure-bridge'; readonly ports: readonly OvsPort[] }
  | { readonly op: 'ovs-bundle'; readonly changes: readonly OvsChange[] };

/** Open vSwitch sets the MTU of an internal port itself. */
export type SetGatewayLink = Extract<RoutingOperation, { op: 'set-gateway-link' }>;

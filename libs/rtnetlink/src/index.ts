export type { RoutingOperation } from './apply-routing.ts';
export type { InterfaceAddress } from './interface-address.ts';
export { openRouting, type Routing } from './open-routing.ts';
export { reportableAddresses, uplinkMtu, type ClusterRanges } from './reportable-addresses.ts';
export type { RoutingTarget } from './routing-target.ts';
export { watchAddresses, type AddressWatch, type WatchAddressesOptions } from './watch-addresses.ts';

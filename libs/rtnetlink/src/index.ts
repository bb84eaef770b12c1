export { SYSCTL_FOLDER } from './device-sysctl.ts';
export { openRouting, type Routing } from './open-routing.ts';
export type { RoutingTarget } from './routing-from-messages.ts';
export {
  type AddressWatch,
  watchAddresses,
  type WatchAddressesOptions,
} from './watch-addresses.ts';
export { watchRouting } from './watch-routing.ts';

export { placeEgresses } from './place-egresses.ts';
export { gatewayOf, type Placement, SEVERAL_NODES } from './placement.ts';
export {
  hasSupportedFamily,
  isSupported,
  supportedIpsOf,
  unsupportedIpsOf,
} from './supported-families.ts';

import type { DataplaneState, Operation } from '@sallyport/dataplane';

/** A part of the dataplane that is read back by itself. */
export type DataplanePart = keyof DataplaneState;

export const DATAPLANE_PARTS: readonly DataplanePart[] = ['ovs', 'ipsets', 'iptables', 'routing'];

/** The dataplane of one Node. Calls must not overlap. */
export interface Dataplane {
  /** Reads back what is ours in these parts. */
  observe<Part extends DataplanePart>(parts: readonly Part[]): Promise<Pick<DataplaneState, Part>>;
  /** Applies one operation; doing it again is no error. */
  apply(operation: Operation): Promise<void>;
}

/** The parts that an operation changes. */
export function partsChangedBy({ op }: Operation): readonly DataplanePart[] {
  switch (op) {
    case 'ensure-bridge':
    case 'set-gateway-link':
      // The bridge's internal port is a device with addresses, routes and neighbours.
      return ['ovs', 'routing'];
    case 'delete-port':
    case 'ovs-bundle':
      return ['ovs'];
    case 'ipset-restore':
      return ['ipsets'];
    case 'iptables-restore':
      return ['iptables'];
    case 'set-neighbor':
    case 'add-rule':
    case 'delete-rule':
    case 'add-route':
    case 'delete-route':
      return ['routing'];
    case 'forget-connections':
      return [];
  }
}

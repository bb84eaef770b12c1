import type {
  ObservedNetfilter,
  ObservedRouting,
  Operation as PlanOperation,
} from '@sallyport/dataplane';
import type { BackendOperation as NetfilterOperation } from '@sallyport/netfilter';
import type { OvsOperation, OvsState } from '@sallyport/ovs';

/** Everything of ours on one Node as the adapters read it back. */
export interface DataplaneState {
  readonly ovs: OvsState;
  readonly netfilter: ObservedNetfilter<NetfilterOperation>;
  readonly routing: ObservedRouting;
}

/** The operations that only one adapter understands. */
export type BackendOperation = OvsOperation | NetfilterOperation;

/** Every operation that a pass can apply on this Node. */
export type Operation = PlanOperation<BackendOperation>;

/** A part of the dataplane that is read back by itself. */
export type DataplanePart = keyof DataplaneState;

/** All parts: a whole observation. */
export const DATAPLANE_PARTS: readonly DataplanePart[] = ['ovs', 'netfilter', 'routing'];

/**
 * `own`: only objects that nobody but us has, such as our tables of nf_tables. `any`: perhaps also
 * those of other software that we look at.
 */
export type ChangeExtent = 'own' | 'any';

/** The dataplane of one Node. Calls must not overlap. */
export interface Dataplane {
  /**
   * Reads back our objects in these parts. Those in `ownOnly` need less reading: only our own
   * objects can have changed since they were read last.
   */
  observe<Part extends DataplanePart>(
    parts: readonly Part[],
    ownOnly?: ReadonlySet<DataplanePart>,
  ): Promise<Pick<DataplaneState, Part>>;
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
    case 'update-sets':
    case 'iptables-restore':
    case 'nft-rules':
      return ['netfilter'];
    case 'set-source-check':
    case 'set-neighbor':
    case 'add-rule':
    case 'delete-rule':
    case 'add-route':
    case 'delete-route':
      return ['routing'];
    case 'delete-connections':
      return [];
  }
}

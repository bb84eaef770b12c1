import type { Condition } from './condition.ts';
import type { CrdApiVersion, ObjectMeta } from './crd-object.ts';
import type { LabelSelector } from './label-selector.ts';

/**
 * The selected Pods. Without any selector: none. One selector alone does not restrict the other
 * side; two selectors both have to match.
 */
export interface AppliedTo {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
}

/**
 * The treatment of a selected Pod's external traffic when no Node can send it from the egress IP.
 */
export const unavailablePolicies = ['Drop', 'NodeIP'] as const;
export type UnavailablePolicy = (typeof unavailablePolicies)[number];

/** Quantities in bit/s and bits. */
export interface Bandwidth {
  readonly rate: string | number;
  readonly burst: string | number;
}

interface EgressSpec {
  readonly appliedTo: AppliedTo;
  /** Excludes the two plural fields; so does `externalIPPool`. */
  readonly egressIP?: string;
  readonly egressIPs?: readonly string[];
  readonly externalIPPool?: string;
  readonly externalIPPools?: readonly string[];
  readonly bandwidth?: Bandwidth;
  /** Default `Drop`. */
  readonly unavailable?: UnavailablePolicy;
}

/** The types of an Egress's conditions. */
export const egressConditionTypes = [
  'IPAllocated',
  'IPAssigned',
  'Realized',
  'Conflicted',
] as const;
export type EgressConditionType = (typeof egressConditionTypes)[number];

/**
 * Conditions that sum up the others, for programs that wait. `Stalled` is True where only a change
 * of the Egress helps.
 */
export const egressSummaryTypes = ['Ready', 'Stalled'] as const;

/** The status subresource; the controller alone writes it. */
export interface EgressStatus {
  /** The metadata.generation that the status is about; -1 before there is one. */
  readonly observedGeneration?: number;
  /** The number of Pods that the Egress selects. */
  readonly selectedPods?: number;
  /** The gateway: the Node that has the egress IP assigned. */
  readonly egressNode?: string;
  /** The egress IP that is assigned. */
  readonly egressIP?: string;
  readonly egressIPs?: readonly string[];
  readonly conditions?: readonly Condition[];
}

/** An Egress of the API server. Inside the controller it is an {@link Egress}. */
export interface EgressResource {
  readonly apiVersion: CrdApiVersion;
  readonly kind: 'Egress';
  readonly metadata: ObjectMeta;
  readonly spec: EgressSpec;
  readonly status?: EgressStatus;
}

import type { CrdApiVersion, ObjectMeta } from './crd-object.ts';
import type { LabelSelector } from './label-selector.ts';

/** A CIDR, or the first and the last address of a range. */
export type IpRange = { readonly cidr: string } | { readonly start: string; readonly end: string };

export interface SubnetInfo {
  readonly gateway: string;
  /** 1 to 127. */
  readonly prefixLength: number;
  /** 0 (untagged) to 4094. */
  readonly vlan?: number;
}

export interface ExternalIPPoolSpec {
  readonly ipRanges: readonly IpRange[];
  /** The Nodes that may have an IP of the pool assigned; `{}` is every Node. */
  readonly nodeSelector: LabelSelector;
  readonly subnetInfo?: SubnetInfo;
}

export interface ExternalIPPoolStatus {
  readonly usage?: { readonly total: number; readonly used: number };
}

/** A pool of egress IPs, as an object of the API server. */
export interface ExternalIPPoolResource {
  readonly apiVersion: CrdApiVersion;
  readonly kind: 'ExternalIPPool';
  readonly metadata: ObjectMeta;
  readonly spec: ExternalIPPoolSpec;
  readonly status?: ExternalIPPoolStatus;
}

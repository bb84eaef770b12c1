/** The API group of Egress and ExternalIPPool. */
export const CRD_GROUP = 'crd.antrea.io';

/** Every served version; the schema is the same in all of them. */
export const crdVersions = ['v1alpha2', 'v1beta1'] as const;

/** The version in which the API server stores objects, and which Sallyport reads and writes. */
export const STORAGE_VERSION = 'v1beta1';

export type CrdApiVersion = `${typeof CRD_GROUP}/${(typeof crdVersions)[number]}`;

/** The part of a Kubernetes object's metadata that Sallyport reads. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339, whole seconds, as the API server writes it; some clients turn it into a Date. */
  readonly creationTimestamp?: string | Date;
  readonly deletionTimestamp?: string | Date;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

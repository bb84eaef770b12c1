import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import type { ObjectChange } from '@sallyport/watch';
import type { Informer, InformerOptions } from './informer.ts';
import { startInformer } from './informer.ts';
import type { Node } from './node-for.ts';
import { nodeFor } from './node-for.ts';
import type { ObservedEgress } from './observed-egress-for.ts';
import { observedEgressFor } from './observed-egress-for.ts';
import { namespaceFor, podFor } from './pod-for.ts';
import type { Observed } from './raw-object.ts';
import type { ServiceCIDR } from './service-cidr-for.ts';
import { serviceCIDRFor } from './service-cidr-for.ts';

/** All resources that the controller watches. */
export interface ClusterInformers {
  readonly pods: Informer<Pod>;
  readonly namespaces: Informer<Namespace>;
  readonly nodes: Informer<Node>;
  readonly egresses: Informer<ObservedEgress>;
}

/** The names of these resources. */
export const clusterResources = [
  'pods',
  'namespaces',
  'nodes',
  'egresses',
] as const satisfies (keyof ClusterInformers)[];

/** One object that has come, changed or gone. */
export type ClusterDelta =
  | ({ readonly kind: 'pod' } & ObjectChange<Observed<Pod>>)
  | ({ readonly kind: 'namespace' } & ObjectChange<Observed<Namespace>>)
  | ({ readonly kind: 'node' } & ObjectChange<Observed<Node>>)
  | ({ readonly kind: 'egress' } & ObjectChange<Observed<ObservedEgress>>)
  | ({ readonly kind: 'service-cidr' } & ObjectChange<Observed<ServiceCIDR>>);

/** The same call-backs for all resources. */
export type ClusterInformersOptions = Pick<
  InformerOptions<unknown>,
  'client' | 'onFaults' | 'onListed' | 'clock' | 'random'
> & {
  readonly onDelta: (delta: ClusterDelta) => void;
  readonly onError: (resource: keyof ClusterInformers, error: unknown) => void;
};

/** Starts an informer of each resource. */
export function startClusterInformers({
  onDelta,
  onError,
  ...options
}: ClusterInformersOptions): ClusterInformers {
  const optionsOf = (resource: keyof ClusterInformers) => ({
    ...options,
    onError: (error: unknown) => {
      onError(resource, error);
    },
  });
  return {
    pods: startInformer({
      ...optionsOf('pods'),
      onDelta: (delta) => {
        onDelta({ kind: 'pod', ...delta });
      },
      path: '/api/v1/pods',
      parse: podFor,
      keyOf: podKey,
    }),
    namespaces: startInformer({
      ...optionsOf('namespaces'),
      onDelta: (delta) => {
        onDelta({ kind: 'namespace', ...delta });
      },
      path: '/api/v1/namespaces',
      parse: namespaceFor,
      keyOf: nameOf,
    }),
    nodes: startInformer({
      ...optionsOf('nodes'),
      onDelta: (delta) => {
        onDelta({ kind: 'node', ...delta });
      },
      path: '/api/v1/nodes',
      parse: nodeFor,
      keyOf: nameOf,
    }),
    egresses: startInformer({
      ...optionsOf('egresses'),
      onDelta: (delta) => {
        onDelta({ kind: 'egress', ...delta });
      },
      path: `/apis/${CRD_GROUP}/${STORAGE_VERSION}/egresses`,
      parse: observedEgressFor,
      keyOf: nameOf,
    }),
  };
}

/** Starts the informer of the ServiceCIDRs, which Kubernetes has from 1.33 on. */
export function startServiceCIDRInformer({
  onDelta,
  ...options
}: Omit<InformerOptions<ServiceCIDR>, 'onDelta' | 'path' | 'parse' | 'keyOf'> & {
  readonly onDelta: (delta: ClusterDelta) => void;
}): Informer<ServiceCIDR> {
  return startInformer({
    ...options,
    onDelta: (delta) => {
      onDelta({ kind: 'service-cidr', ...delta });
    },
    path: '/apis/networking.k8s.io/v1/servicecidrs',
    parse: serviceCIDRFor,
    keyOf: nameOf,
  });
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

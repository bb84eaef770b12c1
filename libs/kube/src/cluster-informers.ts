import { isDeepStrictEqual } from 'node:util';
import { CRD_GROUP, STORAGE_VERSION } from '@sallyport/api';
import type { Namespace, Pod } from '@sallyport/grouping';
import { podKey } from '@sallyport/grouping';
import type { StateChange } from '@sallyport/watch';
import type { Informer, InformerOptions } from './informer.ts';
import { startInformer } from './informer.ts';
import type { Node } from './node-for.ts';
import { nodeFor } from './node-for.ts';
import type { ObservedEgress } from './observed-egress-for.ts';
import { observedEgressFor } from './observed-egress-for.ts';
import { namespaceFor, podFor } from './pod-for.ts';
import type { Observed } from './raw-object.ts';

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

/**
 * A resource whose objects have changed; `egress-status` for an event after which an Egress differs
 * in its status or its resourceVersion only.
 */
export type ClusterChange = keyof ClusterInformers | 'egress-status';

/** The same call-backs for all resources; they get the name of the resource. */
export type ClusterInformersOptions = Pick<
  InformerOptions<unknown>,
  'client' | 'onFaults' | 'clock' | 'random'
> & {
  readonly onChange: (change: ClusterChange) => void;
  readonly onError: (resource: keyof ClusterInformers, error: unknown) => void;
};

/** Starts an informer of each resource. */
export function startClusterInformers({
  onChange,
  onError,
  ...options
}: ClusterInformersOptions): ClusterInformers {
  const listenersOf = (resource: keyof ClusterInformers) => ({
    onChange: () => {
      onChange(resource);
    },
    onError: (error: unknown) => {
      onError(resource, error);
    },
  });
  return {
    pods: startInformer({
      ...options,
      ...listenersOf('pods'),
      path: '/api/v1/pods',
      parse: podFor,
      keyOf: podKey,
    }),
    namespaces: startInformer({
      ...options,
      ...listenersOf('namespaces'),
      path: '/api/v1/namespaces',
      parse: namespaceFor,
      keyOf: nameOf,
    }),
    nodes: startInformer({
      ...options,
      ...listenersOf('nodes'),
      path: '/api/v1/nodes',
      parse: nodeFor,
      keyOf: nameOf,
    }),
    egresses: startInformer({
      ...options,
      ...listenersOf('egresses'),
      onChange: (change) => {
        onChange(isOfStatusOnly(change) ? 'egress-status' : 'egresses');
      },
      path: `/apis/${CRD_GROUP}/${STORAGE_VERSION}/egresses`,
      parse: observedEgressFor,
      keyOf: nameOf,
    }),
  };
}

function isOfStatusOnly(change: StateChange<Observed<ObservedEgress>>): boolean {
  if (change.kind === 'whole-state') {
    return false;
  }
  const { before, after } = change;
  return (
    before !== undefined &&
    after !== undefined &&
    isDeepStrictEqual(before.object.egress, after.object.egress)
  );
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}

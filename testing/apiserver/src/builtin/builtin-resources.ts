import { listAt, objectAt, stringAt, textOf, valueAt } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { AGE, column, containerColumns, NAME, numberAt, pairsAt, textAt } from '../table/column.ts';
import type { BuiltinDefinition } from './define.ts';
import { builtinResource } from './define.ts';
import { EVENT_STRATEGY } from './event-strategy.ts';
import { LEASE_STRATEGY } from './lease-strategy.ts';
import { NAMESPACE_STRATEGY } from './namespace-strategy.ts';
import { NODE_COLUMNS } from './node-columns.ts';
import { EVENT_COLUMNS, POD_COLUMNS } from './pod-columns.ts';
import { POD_STRATEGY } from './pod-strategy.ts';
import { BINDING_STRATEGY, ROLE_STRATEGY } from './rbac-strategy.ts';
import { SECRET_STRATEGY } from './secret-strategy.ts';
import { ENDPOINT_SLICE_COLUMNS, ENDPOINTS_COLUMNS, SERVICE_COLUMNS } from './service-columns.ts';
import type { ServiceAllocations } from './service-strategy.ts';
import { serviceStrategy } from './service-strategy.ts';
import {
  DAEMON_SET_STRATEGY,
  DEPLOYMENT_STRATEGY,
  REPLICA_SET_STRATEGY,
} from './workload-strategy.ts';

const core = { group: '', version: 'v1' } as const;
const apps = {
  group: 'apps',
  version: 'v1',
  namespaced: true,
  hasStatus: true,
  hasGeneration: true,
} as const;
const rbac = { group: 'rbac.authorization.k8s.io', version: 'v1' } as const;

const CREATED_AT = {
  ...AGE,
  name: 'Created At',
  type: 'date',
  cell: (object) => object.metadata.creationTimestamp ?? null,
} satisfies typeof AGE;
const ROLE_COLUMN = column(
  'Role',
  (binding) =>
    `${stringAt(binding, 'roleRef', 'kind') ?? ''}/${stringAt(binding, 'roleRef', 'name') ?? ''}`,
);

const DEFINITIONS: readonly BuiltinDefinition[] = [
  {
    ...core,
    kind: 'Namespace',
    model: 'V1Namespace',
    plural: 'namespaces',
    namespaced: false,
    shortNames: ['ns'],
    hasStatus: true,
    columns: [NAME, textAt('Status', 'status.phase', ''), AGE],
    strategy: NAMESPACE_STRATEGY,
  },
  {
    ...core,
    kind: 'Node',
    model: 'V1Node',
    plural: 'nodes',
    namespaced: false,
    shortNames: ['no'],
    hasStatus: true,
    keepsStatusOnCreate: true,
    columns: NODE_COLUMNS,
  },
  {
    ...core,
    kind: 'Pod',
    model: 'V1Pod',
    plural: 'pods',
    namespaced: true,
    shortNames: ['po'],
    categories: ['all'],
    hasStatus: true,
    hasGeneration: true,
    columns: POD_COLUMNS,
    strategy: POD_STRATEGY,
  },
  {
    ...core,
    kind: 'Endpoints',
    model: 'V1Endpoints',
    plural: 'endpoints',
    namespaced: true,
    shortNames: ['ep'],
    columns: ENDPOINTS_COLUMNS,
  },
  {
    ...core,
    kind: 'ConfigMap',
    model: 'V1ConfigMap',
    plural: 'configmaps',
    namespaced: true,
    shortNames: ['cm'],
    columns: [
      NAME,
      {
        ...numberAt('Data', 'data'),
        cell: (object) =>
          Object.keys(objectAt(object, 'data') ?? {}).length +
          Object.keys(objectAt(object, 'binaryData') ?? {}).length,
      },
      AGE,
    ],
  },
  {
    ...core,
    kind: 'Secret',
    model: 'V1Secret',
    plural: 'secrets',
    namespaced: true,
    columns: [
      NAME,
      textAt('Type', 'type', ''),
      {
        ...numberAt('Data', 'data'),
        cell: (object) => Object.keys(objectAt(object, 'data') ?? {}).length,
      },
      AGE,
    ],
    strategy: SECRET_STRATEGY,
  },
  {
    ...core,
    kind: 'ServiceAccount',
    model: 'V1ServiceAccount',
    plural: 'serviceaccounts',
    namespaced: true,
    shortNames: ['sa'],
    columns: [
      NAME,
      { ...numberAt('Secrets', 'secrets'), cell: (object) => listAt(object, 'secrets').length },
      AGE,
    ],
  },
  {
    ...core,
    kind: 'Event',
    model: 'CoreV1Event',
    plural: 'events',
    namespaced: true,
    shortNames: ['ev'],
    columns: EVENT_COLUMNS,
    strategy: EVENT_STRATEGY,
  },
  {
    group: 'events.k8s.io',
    version: 'v1',
    kind: 'Event',
    model: 'EventsV1Event',
    plural: 'events',
    namespaced: true,
    columns: EVENT_COLUMNS,
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    kind: 'EndpointSlice',
    model: 'V1EndpointSlice',
    plural: 'endpointslices',
    namespaced: true,
    hasGeneration: true,
    columns: ENDPOINT_SLICE_COLUMNS,
  },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    kind: 'Lease',
    model: 'V1Lease',
    plural: 'leases',
    namespaced: true,
    columns: [NAME, textAt('Holder', 'spec.holderIdentity', ''), AGE],
    strategy: LEASE_STRATEGY,
  },
  {
    ...apps,
    kind: 'Deployment',
    model: 'V1Deployment',
    plural: 'deployments',
    shortNames: ['deploy'],
    categories: ['all'],
    strategy: DEPLOYMENT_STRATEGY,
    columns: [
      NAME,
      column(
        'Ready',
        (object) =>
          `${textOf(valueAt(object, 'status', 'readyReplicas') ?? 0)}/${textOf(valueAt(object, 'spec', 'replicas') ?? 0)}`,
      ),
      numberAt('Up-to-date', 'status.updatedReplicas'),
      numberAt('Available', 'status.availableReplicas'),
      AGE,
      ...containerColumns('spec', 'template', 'spec'),
      column('Selector', (object) => pairsAt(object, 'spec', 'selector', 'matchLabels'), 1),
    ],
  },
  {
    ...apps,
    kind: 'ReplicaSet',
    model: 'V1ReplicaSet',
    plural: 'replicasets',
    shortNames: ['rs'],
    categories: ['all'],
    strategy: REPLICA_SET_STRATEGY,
    columns: [
      NAME,
      numberAt('Desired', 'spec.replicas'),
      numberAt('Current', 'status.replicas'),
      numberAt('Ready', 'status.readyReplicas'),
      AGE,
    ],
  },
  {
    ...apps,
    kind: 'DaemonSet',
    model: 'V1DaemonSet',
    plural: 'daemonsets',
    shortNames: ['ds'],
    categories: ['all'],
    strategy: DAEMON_SET_STRATEGY,
    columns: [
      NAME,
      numberAt('Desired', 'status.desiredNumberScheduled'),
      numberAt('Current', 'status.currentNumberScheduled'),
      numberAt('Ready', 'status.numberReady'),
      numberAt('Up-to-date', 'status.updatedNumberScheduled'),
      numberAt('Available', 'status.numberAvailable'),
      column('Node Selector', (object) =>
        pairsAt(object, 'spec', 'template', 'spec', 'nodeSelector'),
      ),
      AGE,
      ...containerColumns('spec', 'template', 'spec'),
      column('Selector', (object) => pairsAt(object, 'spec', 'selector', 'matchLabels'), 1),
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'NetworkPolicy',
    model: 'V1NetworkPolicy',
    plural: 'networkpolicies',
    namespaced: true,
    shortNames: ['netpol'],
    hasGeneration: true,
    columns: [
      NAME,
      column('Pod-Selector', (policy) => pairsAt(policy, 'spec', 'podSelector', 'matchLabels')),
      AGE,
    ],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    kind: 'ServiceCIDR',
    model: 'V1ServiceCIDR',
    plural: 'servicecidrs',
    namespaced: false,
    hasStatus: true,
    columns: [
      NAME,
      column('CIDRs', (range) => listAt(range, 'spec', 'cidrs').map(String).join(',')),
      AGE,
    ],
  },
  {
    ...rbac,
    kind: 'Role',
    model: 'V1Role',
    plural: 'roles',
    namespaced: true,
    columns: [NAME, CREATED_AT],
    strategy: ROLE_STRATEGY,
  },
  {
    ...rbac,
    kind: 'RoleBinding',
    model: 'V1RoleBinding',
    plural: 'rolebindings',
    namespaced: true,
    columns: [NAME, ROLE_COLUMN, AGE],
    strategy: BINDING_STRATEGY,
  },
  {
    ...rbac,
    kind: 'ClusterRole',
    model: 'V1ClusterRole',
    plural: 'clusterroles',
    namespaced: false,
    columns: [NAME, CREATED_AT],
    strategy: ROLE_STRATEGY,
  },
  {
    ...rbac,
    kind: 'ClusterRoleBinding',
    model: 'V1ClusterRoleBinding',
    plural: 'clusterrolebindings',
    namespaced: false,
    columns: [NAME, ROLE_COLUMN, AGE],
    strategy: BINDING_STRATEGY,
  },
];

/**
 * Every built-in resource but CustomResourceDefinitions, which `crd/` defines. `serviceAllocations`
 * says what Services hold.
 */
export function builtinResources(
  serviceAllocations: () => ServiceAllocations,
): readonly Resource[] {
  const service: BuiltinDefinition = {
    ...core,
    kind: 'Service',
    model: 'V1Service',
    plural: 'services',
    namespaced: true,
    shortNames: ['svc'],
    categories: ['all'],
    hasStatus: true,
    columns: SERVICE_COLUMNS,
    strategy: serviceStrategy(serviceAllocations),
  };
  return [...DEFINITIONS, service].map(builtinResource);
}

import type { Schema } from '../model/schema.ts';

type ListExtensions = Pick<
  Schema,
  | 'x-kubernetes-list-type'
  | 'x-kubernetes-list-map-keys'
  | 'x-kubernetes-map-type'
  | 'x-kubernetes-patch-merge-key'
  | 'x-kubernetes-patch-strategy'
>;

/** A list of scalars merged as a set. */
const SET: ListExtensions = {
  'x-kubernetes-patch-strategy': 'merge',
  'x-kubernetes-list-type': 'set',
};

/** A map of which only the whole has an owner. */
const ATOMIC_MAP: ListExtensions = { 'x-kubernetes-map-type': 'atomic' };

/**
 * How the lists of the built-in types here merge, by type and field. These are the `patchMergeKey`,
 * `patchStrategy`, `listType` and `listMapKey` markers of Kubernetes' Go types (`k8s.io/api`).
 * Lists not named are atomic.
 */
export const MERGE_KEYS: Readonly<Record<string, Readonly<Record<string, ListExtensions>>>> = {
  V1ObjectMeta: { finalizers: SET, ownerReferences: byKey('uid') },
  V1PodSpec: {
    containers: byKey('name'),
    initContainers: byKey('name'),
    ephemeralContainers: byKey('name'),
    volumes: retainKeys(byKey('name')),
    imagePullSecrets: byKey('name'),
    hostAliases: byKey('ip'),
    topologySpreadConstraints: byKey('topologyKey', 'topologyKey', 'whenUnsatisfiable'),
    resourceClaims: retainKeys(byKey('name')),
    schedulingGates: byKey('name'),
    nodeSelector: ATOMIC_MAP,
  },
  V1Container: {
    ports: byKey('containerPort', 'containerPort', 'protocol'),
    env: byKey('name'),
    volumeMounts: byKey('mountPath'),
    volumeDevices: byKey('devicePath'),
  },
  V1EphemeralContainer: {
    ports: byKey('containerPort', 'containerPort', 'protocol'),
    env: byKey('name'),
    volumeMounts: byKey('mountPath'),
    volumeDevices: byKey('devicePath'),
  },
  V1PodStatus: {
    conditions: byKey('type'),
    podIPs: byKey('ip'),
    hostIPs: { ...byKey('ip'), 'x-kubernetes-list-type': 'atomic' },
  },
  V1NodeSpec: { podCIDRs: SET },
  V1NodeStatus: { conditions: byKey('type'), addresses: byKey('type') },
  V1NamespaceStatus: { conditions: byKey('type') },
  V1ServiceSpec: { ports: byKey('port', 'port', 'protocol'), selector: ATOMIC_MAP },
  V1ServiceStatus: { conditions: byKey('type') },
  V1ServiceAccount: { secrets: byKey('name') },
  V1Endpoint: { addresses: { 'x-kubernetes-list-type': 'set' } },
  V1DeploymentStatus: { conditions: byKey('type') },
  V1DaemonSetStatus: { conditions: byKey('type') },
  V1ReplicaSetStatus: { conditions: byKey('type') },
  V1StatefulSetStatus: { conditions: byKey('type') },
  V1CustomResourceDefinitionStatus: { conditions: byKey('type') },
};

/** Built-in types that have one owner as a whole (`+structType=atomic`). */
export const ATOMIC_TYPES: ReadonlySet<string> = new Set([
  'V1LabelSelector',
  'V1ObjectReference',
  'V1LocalObjectReference',
  'V1SecretReference',
  'V1SecretKeySelector',
  'V1ConfigMapKeySelector',
  'V1ObjectFieldSelector',
  'V1ResourceFieldSelector',
  'V1NodeSelector',
  'V1NodeSelectorTerm',
  'V1OwnerReference',
  'V1EndpointAddress',
  'CoreV1EndpointPort',
  'DiscoveryV1EndpointPort',
  'V1TypedLocalObjectReference',
  'V1FileKeySelector',
  'V1RoleRef',
  'RbacV1Subject',
]);

/** A list merged by a key, in strategic merge patches and in server-side apply alike. */
function byKey(key: string, ...listMapKeys: string[]): ListExtensions {
  return {
    'x-kubernetes-patch-strategy': 'merge',
    'x-kubernetes-patch-merge-key': key,
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': listMapKeys.length === 0 ? [key] : listMapKeys,
  };
}

/** Volumes may replace their source, so a patch names the keys it keeps. */
function retainKeys(extensions: ListExtensions): ListExtensions {
  return {
    ...extensions,
    'x-kubernetes-patch-strategy': 'merge,retainKeys',
  };
}

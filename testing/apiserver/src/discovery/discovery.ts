import type { JsonObject } from '../model/json.ts';
import type { Resource, ResourceVersion } from '../model/resource.ts';
import { groupVersion } from '../model/resource.ts';

const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
const STATUS_VERBS = ['get', 'patch', 'update'];

interface GroupVersions {
  readonly group: string;
  /** Most preferred first. */
  readonly versions: readonly string[];
}

interface Subresource {
  readonly name: string;
  readonly kind: { readonly group?: string; readonly version?: string; readonly kind?: string };
  readonly verbs: string[];
}

/** `GET /apis`. */
export function apiGroupList(resources: readonly Resource[]): JsonObject {
  const groups = groupsOf(resources).filter(({ group }) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(groupObject) };
}

/** `GET /apis/<group>`; undefined when there is no such group. */
export function apiGroup(resources: readonly Resource[], group: string): JsonObject | undefined {
  const found = groupsOf(resources).find((candidate) => candidate.group === group && group !== '');
  return found === undefined
    ? undefined
    : { kind: 'APIGroup', apiVersion: 'v1', ...groupObject(found) };
}

/** `GET /api`. */
export function coreVersions(address: string): JsonObject {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
  };
}

/** `GET /api/v1`, `GET /apis/<group>/<version>`; undefined when that version is not served. */
export function apiResourceList(
  resources: readonly Resource[],
  group: string,
  version: string,
): JsonObject | undefined {
  const served = servedIn(resources, group, version);
  if (served.length === 0) {
    return undefined;
  }
  const list = served.flatMap(({ resource, version: of }) => {
    const base = { namespaced: resource.namespaced, kind: resource.kind };
    const main = {
      name: resource.plural,
      singularName: resource.singular,
      ...base,
      verbs: VERBS,
      ...(resource.shortNames.length === 0 ? {} : { shortNames: resource.shortNames }),
      ...(resource.categories.length === 0 ? {} : { categories: resource.categories }),
    };
    const others = subresources(resource, of).map(({ name, kind, verbs }) => ({
      name: `${resource.plural}/${name}`,
      singularName: '',
      ...base,
      ...kind,
      verbs,
    }));
    return [main, ...others];
  });
  const resourceList = list as unknown as JsonObject[];
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(group, version),
    resources: resourceList,
  };
}

/**
 * Aggregated discovery (`apidiscovery.k8s.io/v2`) for `/api` (the core group) or `/apis` (all
 * others).
 */
export function aggregatedDiscovery(resources: readonly Resource[], core: boolean): JsonObject {
  const groups = groupsOf(resources).filter(({ group }) => (group === '') === core);
  const items = groups.map(({ group, versions }) => ({
    metadata: { name: group, creationTimestamp: null },
    versions: versions.map((version) => ({
      version,
      freshness: 'Current',
      resources: servedIn(resources, group, version).map(({ resource, version: of }) =>
        aggregatedResource(resource, of),
      ),
    })),
  }));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items,
  };
}

/** The groups with their served versions, the core group first. */
export function groupsOf(resources: readonly Resource[]): readonly GroupVersions[] {
  const groups = new Map<string, Set<string>>();
  for (const resource of resources) {
    const versions = groups.get(resource.group) ?? new Set();
    for (const version of resource.versions) {
      if (version.served) {
        versions.add(version.name);
      }
    }
    if (versions.size > 0) {
      groups.set(resource.group, versions);
    }
  }
  return [...groups].map(([group, versions]) => ({
    group,
    versions: [...versions].sort(byPreference),
  }));
}

/** Kubernetes' order of versions: v2, v1, v1beta1, v1alpha2, and names of other forms last. */
export function byPreference(left: string, right: string): number {
  const rank = (version: string): readonly number[] => {
    const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
    if (match === null) {
      return [3, 0, 0];
    }
    const stability = match[2] === undefined ? 0 : match[2] === 'beta' ? 1 : 2;
    return [stability, -Number(match[1]), -Number(match[3] ?? 0)];
  };
  const [one, two] = [rank(left), rank(right)];
  for (const [index, value] of one.entries()) {
    if (value !== two[index]) {
      return value - (two[index] ?? 0);
    }
  }
  return left < right ? -1 : 1;
}

/** The resources of a group that are served in a version, in alphabetical order. */
export function servedIn(
  resources: readonly Resource[],
  group: string,
  version: string,
): { readonly resource: Resource; readonly version: ResourceVersion }[] {
  return resources
    .filter((resource) => resource.group === group)
    .flatMap((resource) =>
      resource.versions
        .filter((candidate) => candidate.name === version && candidate.served)
        .map((candidate) => ({ resource, version: candidate })),
    )
    .sort((left, right) => (left.resource.plural < right.resource.plural ? -1 : 1));
}

function groupObject({ group, versions }: GroupVersions): JsonObject {
  const list = versions.map((version) => ({ groupVersion: groupVersion(group, version), version }));
  return { name: group, versions: list, preferredVersion: list[0] ?? {} };
}

function subresources(resource: Resource, version: ResourceVersion): Subresource[] {
  const found: Subresource[] = [];
  if (resource.group === '' && resource.plural === 'pods') {
    found.push({ name: 'binding', kind: { kind: 'Binding' }, verbs: ['create'] });
    found.push({
      name: 'eviction',
      kind: { group: 'policy', version: 'v1', kind: 'Eviction' },
      verbs: ['create'],
    });
  }
  if (version.hasStatus) {
    found.push({ name: 'status', kind: {}, verbs: STATUS_VERBS });
  }
  return found;
}

function aggregatedResource(resource: Resource, version: ResourceVersion): JsonObject {
  const responseKind = { group: resource.group, version: version.name, kind: resource.kind };
  return {
    resource: resource.plural,
    responseKind,
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: resource.singular,
    verbs: VERBS,
    shortNames: [...resource.shortNames],
    categories: [...resource.categories],
    subresources: subresources(resource, version).map(({ name, kind, verbs }) => ({
      subresource: name,
      responseKind: { ...responseKind, ...kind },
      verbs,
    })),
  };
}

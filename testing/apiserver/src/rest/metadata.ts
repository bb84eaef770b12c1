import { randomUUID } from 'node:crypto';
import { equalJson } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';
import {
  labelFault1123,
  labelValueFault,
  qualifiedNameFault,
  subdomainFault,
} from '../model/names.ts';
import type { Resource } from '../model/resource.ts';
import { resourceKey, specOf } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';

const SUFFIX_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Names an object of which only `generateName` was given: five random characters after it. */
export function generateName(object: KubeObject): void {
  const { metadata } = object;
  if (metadata.name !== '' || metadata.generateName === undefined || metadata.generateName === '') {
    return;
  }
  const suffix = Array.from(
    { length: 5 },
    () => SUFFIX_CHARACTERS[Math.floor(Math.random() * SUFFIX_CHARACTERS.length)],
  ).join('');
  metadata.name = `${metadata.generateName.slice(0, 58)}${suffix}`;
}

/** Gives a new object the fields that the server alone decides. */
export function beginMetadata(object: KubeObject, resource: Resource, now: Date): void {
  const { metadata } = object;
  metadata.uid = randomUUID();
  metadata.creationTimestamp = timestamp(now);
  delete metadata.resourceVersion;
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  delete metadata.selfLink;
  if (resource.hasGeneration) {
    metadata.generation = 1;
  } else {
    delete metadata.generation;
  }
}

/** Carries over the fields that a client may not change, and counts a change of the spec. */
export function carryMetadata(object: KubeObject, old: KubeObject, resource: Resource): void {
  const { metadata } = object;
  for (const field of [
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'generation',
  ] as const) {
    const value = old.metadata[field];
    if (value === undefined) {
      Reflect.deleteProperty(metadata, field);
    } else {
      Object.assign(metadata, { [field]: value });
    }
  }
  if (resource.hasGeneration && !equalJson(specOf(object), specOf(old))) {
    metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
}

/** Faults of `metadata`: the name, and the keys and values of labels and annotations. */
export function validateMetadata(object: KubeObject, resource: Resource): FieldError[] {
  const { name, labels, annotations } = object.metadata;
  if (name === '') {
    return [requiredValue('metadata.name', 'name or generateName is required')];
  }
  return [
    ...nameFaults(name, resource),
    ...Object.entries(labels ?? {}).flatMap(([key, value]) => [
      ...qualifiedNameFault('metadata.labels', key),
      ...labelValueFault('metadata.labels', value),
    ]),
    ...Object.keys(annotations ?? {}).flatMap((key) =>
      qualifiedNameFault('metadata.annotations', key.toLowerCase()),
    ),
  ];
}

function nameFaults(name: string, resource: Resource): FieldError[] {
  const key = resourceKey(resource);
  if (resource.group === 'rbac.authorization.k8s.io') {
    return /[/%]/.test(name)
      ? [invalidValue('metadata.name', name, "may not contain '/' or '%'")]
      : [];
  }
  if (key === '/events' || key === 'events.k8s.io/events') {
    // The API server takes any name that can stand in a path.
    return [];
  }
  if (key === '/namespaces' || key === '/services') {
    return name.includes('.')
      ? [invalidValue('metadata.name', name, 'must not contain dots')]
      : labelFault1123('metadata.name', name);
  }
  return subdomainFault('metadata.name', name);
}

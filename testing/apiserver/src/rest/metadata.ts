import { randomUUID } from 'node:crypto';
import { equalJson } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';
import type { Resource } from '../model/resource.ts';
import { specOf } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';

const SUFFIX_CHARACTERS = 'bcdfghjklmnpqrstvwxz2456789';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const LABEL_NAME_WORDS =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

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

/** Gives a new object what the server alone decides. */
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

/** Carries over what a client may not change, and counts a change of the spec. */
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

/** Faults of `metadata`: the name, and the keys and values of labels. */
export function validateMetadata(object: KubeObject, resource: Resource): FieldError[] {
  const { name, labels } = object.metadata;
  if (name === '') {
    return [requiredValue('metadata.name', 'name or generateName is required')];
  }
  const faults: FieldError[] = [];
  if (resource.group === 'rbac.authorization.k8s.io') {
    if (/[/%]/.test(name)) {
      faults.push(invalidValue('metadata.name', name, "may not contain '/' or '%'"));
    }
  } else if (
    resource.plural === 'namespaces' ||
    (resource.plural === 'services' && resource.group === '')
  ) {
    if (!LABEL.test(name) || name.length > 63) {
      faults.push(invalidValue('metadata.name', name, LABEL_WORDS));
    }
  } else if (!SUBDOMAIN.test(name) || name.length > 253) {
    faults.push(invalidValue('metadata.name', name, SUBDOMAIN_WORDS));
  }
  for (const [key, value] of Object.entries(labels ?? {})) {
    const part = key.slice(key.indexOf('/') + 1);
    if (!LABEL_NAME.test(part) || part.length > 63) {
      faults.push(invalidValue('metadata.labels', key, LABEL_NAME_WORDS));
    }
    if (!LABEL_VALUE.test(value) || value.length > 63) {
      faults.push(invalidValue('metadata.labels', value, LABEL_VALUE_WORDS));
    }
  }
  return faults;
}

import { valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { badRequest } from '../model/status-error.ts';

/** Says whether an object is selected. */
export type Selector = (object: KubeObject) => boolean;

type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const KEY = /^[A-Za-z0-9]([A-Za-z0-9_.\-/]*[A-Za-z0-9])?$/;

/**
 * The fields that may be selected besides metadata.name and metadata.namespace, by
 * `<group>/<plural>`.
 */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  '/pods': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/nodes': ['spec.unschedulable'],
  '/namespaces': ['status.phase'],
  '/secrets': ['type'],
  '/services': ['spec.clusterIP', 'spec.type'],
  '/events': EVENT_FIELDS(),
  'events.k8s.io/events': EVENT_FIELDS(),
};

/**
 * Parses the `labelSelector` parameter (`a=b,c!=d,e in (f,g),h notin (i),j,!k`).
 * Throws 400 on a requirement it cannot read.
 */
export function parseLabelSelector(text: string): Selector {
  const tests = splitRequirements(text).map(parseLabelRequirement);
  return (object) => {
    const labels = object.metadata.labels ?? {};
    return tests.every((test) => test(labels));
  };
}

/**
 * Parses the `fieldSelector` parameter (`spec.nodeName=n1,status.phase!=Running`) for one resource.
 * Throws 400 for an unknown field.
 */
export function parseFieldSelector(text: string, resource: string): Selector {
  const tests = text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => parseFieldRequirement(part, resource));
  return (object) => tests.every((test) => test(object));
}

function EVENT_FIELDS(): string[] {
  const fields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];
  return [
    ...fields.map((field) => `involvedObject.${field}`),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ];
}

/** Splits at the commas that are outside of parentheses. */
function splitRequirements(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function parseLabelRequirement(text: string): LabelTest {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(text);
  if (set !== null) {
    const key = keyOf(set[1], text);
    const values = new Set((set[3] ?? '').split(',').map((value) => value.trim()));
    const within: LabelTest = (labels) => labels[key] !== undefined && values.has(labels[key]);
    return set[2] === 'in' ? within : (labels) => !within(labels);
  }
  const compared = /^([^=!<>]+?)\s*(==|=|!=)\s*([A-Za-z0-9_.-]*)$/.exec(text);
  if (compared !== null) {
    const key = keyOf(compared[1], text);
    const value = compared[3] ?? '';
    return compared[2] === '!='
      ? (labels) => labels[key] !== value
      : (labels) => labels[key] === value;
  }
  if (text.startsWith('!')) {
    const key = keyOf(text.slice(1).trim(), text);
    return (labels) => labels[key] === undefined;
  }
  const key = keyOf(text, text);
  return (labels) => labels[key] !== undefined;
}

function keyOf(key: string | undefined, requirement: string): string {
  if (key === undefined || !KEY.test(key)) {
    throw badRequest(`unable to parse requirement: ${requirement}`);
  }
  return key;
}

function parseFieldRequirement(text: string, resource: string): Selector {
  const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(text);
  const field = match?.[1];
  if (match === null || field === undefined) {
    throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  }
  const known = ['metadata.name', 'metadata.namespace', ...(SELECTABLE[resource] ?? [])];
  if (!known.includes(field)) {
    throw badRequest(`field label not supported: ${field}`);
  }
  const path = field.split('.');
  const wanted = match[3] ?? '';
  const equal: Selector = (object) => fieldText(object, path) === wanted;
  return match[2] === '!=' ? (object) => !equal(object) : equal;
}

function fieldText(object: KubeObject, path: readonly string[]): string {
  const value = valueAt(object, ...path);
  if (typeof value === 'string') {
    return value;
  }
  if (typeof value === 'boolean' || typeof value === 'number') {
    return String(value);
  }
  return path.at(-1) === 'unschedulable' || path.at(-1) === 'hostNetwork' ? 'false' : '';
}

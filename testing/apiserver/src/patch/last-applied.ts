import type { Json, JsonObject } from '../model/json.ts';
import { isObject, objectAt, omit } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Schema } from '../model/schema.ts';
import { fieldLeaves } from './field-leaves.ts';

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** The field manager of `kubectl apply --server-side`, for which alone the annotation counts. */
const KUBECTL = 'kubectl';

/**
 * The fields that a client-side `kubectl apply` set: a later server-side one by kubectl may change
 * them without force. Empty for other managers.
 */
export function lastAppliedFields(
  schema: Schema,
  live: KubeObject | undefined,
  manager: string,
): ReadonlySet<string> {
  const text = live?.metadata.annotations?.[ANNOTATION];
  if (text === undefined || manager !== KUBECTL) {
    return new Set();
  }
  try {
    const configuration = JSON.parse(text) as Json;
    return isObject(configuration) ? new Set(fieldLeaves(schema, configuration).keys()) : new Set();
  } catch {
    return new Set();
  }
}

/** Keeps an existing annotation equal to the configuration that kubectl applied. */
export function updateLastApplied(
  merged: JsonObject,
  configuration: JsonObject,
  manager: string,
): void {
  const annotations = objectAt(merged, 'metadata', 'annotations');
  if (manager === KUBECTL && annotations?.[ANNOTATION] !== undefined) {
    const metadata = objectAt(configuration, 'metadata') ?? {};
    const others = objectAt(metadata, 'annotations');
    const kept = others === undefined ? {} : { annotations: omit(others, ANNOTATION) };
    annotations[ANNOTATION] = `${JSON.stringify({
      ...configuration,
      metadata: { ...metadata, ...kept },
    })}\n`;
  }
}

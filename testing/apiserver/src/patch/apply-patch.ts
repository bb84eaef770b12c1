import type { Operation } from 'fast-json-patch';
import fastJsonPatch from 'fast-json-patch';
import type { Json, JsonObject } from '../model/json.ts';
import { cloneJson, isObject } from '../model/json.ts';
import type { Schema } from '../model/schema.ts';
import { badRequest, StatusError } from '../model/status-error.ts';
import { strategicMerge } from './strategic-merge.ts';

/** The patch types, by media type; server-side apply is not a patch of this kind. */
export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/**
 * Applies a patch to a copy of an object. Throws 400 on a patch of the wrong shape and 422 on a
 * JSON patch that does not apply.
 */
export function applyPatch(
  mediaType: string,
  schema: Schema,
  target: JsonObject,
  patch: Json,
): JsonObject {
  const copy = cloneJson(target);
  if (mediaType === PATCH_TYPES.json) {
    return jsonPatch(copy, patch);
  }
  if (!isObject(patch)) {
    throw badRequest(
      `error decoding patch: cannot unmarshal ${Array.isArray(patch) ? 'array' : typeof patch} into a map`,
    );
  }
  return mediaType === PATCH_TYPES.merge
    ? mergePatch(copy, patch)
    : strategicMerge(schema, copy, patch);
}

function jsonPatch(target: JsonObject, patch: Json): JsonObject {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type jsonpatch.Patch',
    );
  }
  try {
    const result = fastJsonPatch.applyPatch(target, patch as unknown as Operation[], true, false);
    return result.newDocument;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new StatusError(
      422,
      'Invalid',
      `the server rejected our request due to an error in our request: ${why}`,
      {},
    );
  }
}

/** RFC 7386. */
function mergePatch(target: Json | undefined, patch: JsonObject): JsonObject {
  const result: JsonObject = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) {
      result[key] = undefined;
    } else {
      result[key] = isObject(value) ? mergePatch(result[key], value) : value;
    }
  }
  return result;
}

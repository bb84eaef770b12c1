import type { Json } from '../model/json.ts';
import { badRequest, invalid } from '../model/status-error.ts';
import type { WriteRequest } from './request.ts';

/**
 * Warns of unknown and duplicate fields, or refuses them, as `fieldValidation` says. The status is
 * 400, or 422 for a patch (given with the `name` of its object).
 */
export function reportFaults(
  request: Omit<WriteRequest, 'name'>,
  faults: readonly string[],
  patch?: { readonly name: string; readonly value: Json },
): void {
  const { resource, version } = request.served;
  if (faults.length === 0 || request.options.fieldValidation === 'Ignore') {
    return;
  }
  if (request.options.fieldValidation === 'Warn') {
    for (const fault of faults) {
      request.warn(fault);
    }
    return;
  }
  const why = `strict decoding error: ${faults.join(', ')}`;
  if (patch === undefined) {
    throw badRequest(
      `${resource.kind} in version "${version.name}" cannot be handled as a ${resource.kind}: ${why}`,
    );
  }
  const message = `Invalid value: ${JSON.stringify(JSON.stringify(patch.value))}: ${why}`;
  throw invalid(resource, patch.name, [{ reason: 'FieldValueInvalid', field: 'patch', message }]);
}

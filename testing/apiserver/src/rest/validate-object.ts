import type { KubeObject } from '../model/kube-object.ts';
import { invalid } from '../model/status-error.ts';
import { validateSchema } from '../schema/validate-schema.ts';
import { validateMetadata } from './metadata.ts';
import type { ServedResource } from './registry.ts';

/** Throws 422 with every fault of a new or changed object. */
export function validateObject(
  { resource, version }: ServedResource,
  object: KubeObject,
  old: KubeObject | undefined,
): void {
  const faults = [
    ...validateMetadata(object, resource),
    ...(resource.custom ? validateSchema(version.schema, object, old) : []),
    ...(resource.strategy.validate?.(object, old) ?? []),
  ];
  if (faults.length > 0) {
    throw invalid({ group: resource.group, kind: resource.kind }, object.metadata.name, faults);
  }
}

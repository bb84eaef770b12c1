import type { Json, JsonObject } from '../model/json.ts';
import { listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import { labelFault1123, subdomainFault } from '../model/names.ts';
import type { FieldError } from '../model/status-error.ts';
import {
  duplicateValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
} from '../model/status-error.ts';
import { compareQuantities } from './quantity.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];

/** The faults of a Pod spec, in Pods and in the templates of workloads. */
export function podSpecFaults(spec: JsonObject | undefined, path: string): FieldError[] {
  const containers = listAt(spec, 'containers');
  const nodeName = stringAt(spec, 'nodeName') ?? '';
  const policy = stringAt(spec, 'restartPolicy');
  const volumes = listAt(spec, 'volumes').map((volume) => stringAt(volume, 'name') ?? '');
  return [
    ...(containers.length === 0 ? [requiredValue(`${path}.containers`)] : []),
    ...containers.flatMap((container, index) =>
      containerFaults(container, containers.slice(0, index), volumes, at(path, index)),
    ),
    ...(nodeName === '' ? [] : subdomainFault(`${path}.nodeName`, nodeName)),
    ...(policy === undefined || RESTART_POLICIES.includes(policy)
      ? []
      : [unsupportedValue(`${path}.restartPolicy`, policy, RESTART_POLICIES)]),
  ];
}

function at(path: string, index: number): string {
  return `${path}.containers[${String(index)}]`;
}

function containerFaults(
  container: Json,
  before: readonly Json[],
  volumes: readonly string[],
  path: string,
): FieldError[] {
  return [
    ...nameFaults(container, before, path),
    ...imageFaults(container, path),
    ...portFaults(container, path),
    ...resourceFaults(container, path),
    ...mountFaults(container, volumes, path),
    ...securityFaults(container, path),
  ];
}

function nameFaults(container: Json, before: readonly Json[], path: string): FieldError[] {
  const name = stringAt(container, 'name') ?? '';
  if (name === '') {
    return [requiredValue(`${path}.name`)];
  }
  return before.some((other) => stringAt(other, 'name') === name)
    ? [duplicateValue(`${path}.name`, name)]
    : labelFault1123(`${path}.name`, name);
}

function imageFaults(container: Json, path: string): FieldError[] {
  const image = stringAt(container, 'image') ?? '';
  if (image === '') {
    return [requiredValue(`${path}.image`)];
  }
  return image.trim() === image
    ? []
    : [invalidValue(`${path}.image`, image, 'must not have leading or trailing whitespace')];
}

function portFaults(container: Json, path: string): FieldError[] {
  return listAt(container, 'ports').flatMap((port, index) => {
    const number = valueAt(port, 'containerPort');
    const field = `${path}.ports[${String(index)}].containerPort`;
    if (number === undefined || number === 0) {
      return [requiredValue(field)];
    }
    return typeof number === 'number' && number >= 1 && number <= 65_535
      ? []
      : [invalidValue(field, number, 'must be between 1 and 65535, inclusive')];
  });
}

function resourceFaults(container: Json, path: string): FieldError[] {
  const limits = objectAt(container, 'resources', 'limits') ?? {};
  return Object.entries(objectAt(container, 'resources', 'requests') ?? {}).flatMap(
    ([name, request]) => {
      const limit = limits[name];
      if (typeof request !== 'string' || typeof limit !== 'string') {
        return [];
      }
      return compareQuantities(request, limit) > 0
        ? [
            invalidValue(
              `${path}.resources.requests`,
              request,
              `must be less than or equal to ${name} limit of ${limit}`,
            ),
          ]
        : [];
    },
  );
}

function mountFaults(container: Json, volumes: readonly string[], path: string): FieldError[] {
  return listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const name = stringAt(mount, 'name') ?? '';
    return volumes.includes(name)
      ? []
      : [
          {
            reason: 'FieldValueNotFound' as const,
            field: `${path}.volumeMounts[${String(index)}].name`,
            message: `Not found: ${JSON.stringify(name)}`,
          },
        ];
  });
}

function securityFaults(container: Json, path: string): FieldError[] {
  const context = objectAt(container, 'securityContext');
  return context?.privileged === true && context.allowPrivilegeEscalation === false
    ? [
        invalidValue(
          `${path}.securityContext`,
          context,
          'cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
        ),
      ]
    : [];
}

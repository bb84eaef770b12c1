import { equalJson, listAt, objectAt, stringAt, textOf, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { labelFault1035, subdomainFault } from '../model/names.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue, unsupportedValue } from '../model/status-error.ts';
import { versionFaults } from './version-faults.ts';

const SCOPES = ['Cluster', 'Namespaced'];
const APPROVED = 'api-approved.kubernetes.io';

/** The faults of a CustomResourceDefinition, in the words of apiextensions-apiserver. */
export function definitionFaults(
  definition: KubeObject,
  old: KubeObject | undefined,
): FieldError[] {
  return [
    ...nameFaults(definition, old === undefined),
    ...specFaults(definition),
    ...versionFaults(definition),
    ...storedVersionFaults(definition),
    ...(old === undefined ? [] : changeFaults(definition, old)),
  ];
}

function nameFaults(definition: KubeObject, isNew: boolean): FieldError[] {
  const group = stringAt(definition, 'spec', 'group') ?? '';
  const plural = stringAt(definition, 'spec', 'names', 'plural') ?? '';
  const kind = stringAt(definition, 'spec', 'names', 'kind') ?? '';
  const { name } = definition.metadata;
  const faults: FieldError[] = [];
  if (isNew && name !== `${plural}.${group}`) {
    const why = 'must be spec.names.plural+"."+spec.group';
    faults.push(invalidValue('metadata.name', name, why));
  }
  if (group === '') {
    faults.push(requiredValue('spec.group'));
  } else {
    faults.push(...subdomainFault('spec.group', group));
  }
  if (plural === '') {
    faults.push(requiredValue('spec.names.plural'));
  } else {
    faults.push(...labelFault1035('spec.names.plural', plural));
  }
  if (kind === '') {
    faults.push(requiredValue('spec.names.kind'));
  } else {
    faults.push(...labelFault1035('spec.names.kind', kind.toLowerCase(), kind));
  }
  const annotation = definition.metadata.annotations?.[APPROVED];
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(group) && annotation === undefined) {
    faults.push(
      requiredValue(
        `metadata.annotations[${APPROVED}]`,
        `protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`,
      ),
    );
  }
  return faults;
}

function specFaults(definition: KubeObject): FieldError[] {
  const scope = stringAt(definition, 'spec', 'scope') ?? '';
  const faults: FieldError[] = [];
  if (scope === '') {
    faults.push(requiredValue('spec.scope'));
  } else if (!SCOPES.includes(scope)) {
    faults.push(unsupportedValue('spec.scope', scope, SCOPES));
  }
  if (valueAt(definition, 'spec', 'preserveUnknownFields') === true) {
    faults.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  }
  const webhook = valueAt(definition, 'spec', 'conversion', 'strategy') === 'Webhook';
  if (webhook && objectAt(definition, 'spec', 'conversion', 'webhook') === undefined) {
    faults.push(
      requiredValue(
        'spec.conversion.webhookClientConfig',
        'required when strategy is set to Webhook',
      ),
      requiredValue('spec.conversion.conversionReviewVersions'),
    );
  }
  return faults;
}

/** A version in which objects were stored must stay, and the storage version is one of those. */
function storedVersionFaults(definition: KubeObject): FieldError[] {
  const versions = listAt(definition, 'spec', 'versions');
  const names = versions.map((version) => stringAt(version, 'name'));
  const storage = versions.filter((version) => valueAt(version, 'storage') === true).at(-1);
  const stored = listAt(definition, 'status', 'storedVersions');
  const faults = stored
    .map(textOf)
    .flatMap((version, index) =>
      names.includes(version)
        ? []
        : [
            invalidValue(
              `status.storedVersions[${String(index)}]`,
              version,
              `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`,
            ),
          ],
    );
  const name = stringAt(storage, 'name') ?? '';
  if (storage !== undefined && stored.length > 0 && !stored.includes(name)) {
    const why = `must have the storage version ${name}`;
    faults.push(invalidValue('status.storedVersions', stored, why));
  }
  return faults;
}

/** An established definition keeps its group, scope, plural and kind. */
function changeFaults(definition: KubeObject, old: KubeObject): FieldError[] {
  return [['group'], ['scope'], ['names', 'plural'], ['names', 'kind']].flatMap((path) => {
    const value = valueAt(definition, 'spec', ...path);
    return equalJson(value, valueAt(old, 'spec', ...path))
      ? []
      : [invalidValue(`spec.${path.join('.')}`, value, 'field is immutable')];
  });
}

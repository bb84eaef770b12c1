import { equalJson, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { Strategy } from '../model/resource.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';

/** Roles and ClusterRoles: a rule names its verbs. They are stored and not enforced. */
export const ROLE_STRATEGY: Strategy = {
  validate: (role) =>
    listAt(role, 'rules').flatMap((rule, index) =>
      listAt(rule, 'verbs').length > 0
        ? []
        : [requiredValue(`rules[${String(index)}].verbs`, 'verbs must contain at least one value')],
    ),
};

/** Bindings: ServiceAccounts are named with their Namespace, and the role is fixed. */
export const BINDING_STRATEGY: Strategy = {
  validate(binding, old) {
    const faults = listAt(binding, 'subjects').flatMap((subject, index) =>
      stringAt(subject, 'kind') === 'ServiceAccount' &&
      (stringAt(subject, 'namespace') ?? '') === ''
        ? [requiredValue(`subjects[${String(index)}].namespace`)]
        : [],
    );
    const role = objectAt(binding, 'roleRef');
    if (old !== undefined && !equalJson(role, valueAt(old, 'roleRef'))) {
      const shown = {
        APIGroup: stringAt(role, 'apiGroup') ?? '',
        Kind: stringAt(role, 'kind') ?? '',
        Name: stringAt(role, 'name') ?? '',
      };
      faults.push(invalidValue('roleRef', shown, 'cannot change roleRef'));
    }
    return faults;
  },
};

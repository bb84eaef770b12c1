import { stringAt } from '../model/json.ts';
import type { Strategy } from '../model/resource.ts';
import { invalidValue } from '../model/status-error.ts';

/**
 * An Event is in the Namespace of the object that it is about, and in `default` where that object
 * has none.
 */
export const EVENT_STRATEGY: Strategy = {
  validate(event) {
    const namespace = event.metadata.namespace ?? '';
    const about = stringAt(event, 'involvedObject', 'namespace') ?? '';
    return about === namespace || (about === '' && namespace === 'default')
      ? []
      : [invalidValue('involvedObject.namespace', about, 'does not match event.namespace')];
  },
};

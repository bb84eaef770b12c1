import type { Strategy } from '../model/resource.ts';

/**
 * Namespaces carry their own name as a label, so that selectors can name them, and go through phase
 * Terminating.
 */
export const NAMESPACE_STRATEGY: Strategy = {
  setDefaults(namespace) {
    if (namespace.metadata.name === '') {
      return;
    }
    namespace.metadata.labels = {
      ...namespace.metadata.labels,
      'kubernetes.io/metadata.name': namespace.metadata.name,
    };
  },
  beforeCreate(namespace) {
    namespace.spec = { finalizers: ['kubernetes'] };
    namespace.status = { phase: 'Active' };
  },
};

import type { Json } from '../model/json.ts';
import { equalJson, isObject, objectAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Strategy } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';
import { podSpecFaults } from './pod-spec-faults.ts';
import { setPodSpecDefaults } from './pod-strategy.ts';

/** Deployments are stored as they are: no controller makes ReplicaSets or Pods of them. */
export const DEPLOYMENT_STRATEGY = workload((spec) => {
  spec.replicas ??= 1;
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  if (isEmpty(spec.strategy)) {
    spec.strategy = {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    };
  }
});

/** DaemonSets likewise. */
export const DAEMON_SET_STRATEGY = workload((spec) => {
  spec.revisionHistoryLimit ??= 10;
  if (isEmpty(spec.updateStrategy)) {
    spec.updateStrategy = {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    };
  }
});

/** ReplicaSets likewise. */
export const REPLICA_SET_STRATEGY = workload((spec) => {
  spec.replicas ??= 1;
});

function workload(setDefaults: (spec: NonNullable<ReturnType<typeof objectAt>>) => void): Strategy {
  return {
    setDefaults(object) {
      const spec = objectAt(object, 'spec');
      if (spec === undefined) {
        return;
      }
      setDefaults(spec);
      const podSpec = objectAt(spec, 'template', 'spec');
      if (podSpec !== undefined) {
        setPodSpecDefaults(podSpec);
      }
    },
    beforeCreate(object) {
      object.status = {};
    },
    validate: workloadFaults,
  };
}

function workloadFaults(object: KubeObject, old: KubeObject | undefined): FieldError[] {
  const spec = objectAt(object, 'spec');
  const selector = objectAt(spec, 'selector');
  const faults = podSpecFaults(objectAt(spec, 'template', 'spec'), 'spec.template.spec');
  if (selector === undefined) {
    return [requiredValue('spec.selector'), ...faults];
  }
  const labels = objectAt(spec, 'template', 'metadata', 'labels') ?? {};
  const wanted = Object.entries(objectAt(selector, 'matchLabels') ?? {});
  if (wanted.some(([key, value]) => labels[key] !== value)) {
    const why = '`selector` does not match template `labels`';
    faults.push(invalidValue('spec.template.metadata.labels', labels, why));
  }
  if (old !== undefined && !equalJson(selector, objectAt(old, 'spec', 'selector'))) {
    faults.push(invalidValue('spec.selector', selector, 'field is immutable'));
  }
  return faults;
}

/** Clients in Go send an empty object for an unset field. */
function isEmpty(value: Json | undefined): boolean {
  return value === undefined || (isObject(value) && Object.keys(value).length === 0);
}

import type { JsonObject } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Strategy } from '../model/resource.ts';
import type { FieldError } from '../model/status-error.ts';
import { invalidValue, requiredValue } from '../model/status-error.ts';

/** Fields of a Pod's spec that may change; containers may change their image. */
const MUTABLE = new Set([
  'activeDeadlineSeconds',
  'terminationGracePeriodSeconds',
  'tolerations',
  'nodeName',
  'schedulingGates',
]);

/** Pods: phase Pending at first, a fixed spec, and a removal that the Node has to confirm. */
export const POD_STRATEGY: Strategy = {
  setDefaults(pod) {
    const spec = objectAt(pod, 'spec');
    if (spec === undefined) {
      return;
    }
    setPodSpecDefaults(spec);
    spec.enableServiceLinks ??= true;
    spec.serviceAccountName ??= 'default';
    spec.serviceAccount ??= spec.serviceAccountName;
    spec.preemptionPolicy ??= 'PreemptLowerPriority';
    spec.priority ??= 0;
    spec.tolerations ??= [];
  },
  beforeCreate(pod) {
    pod.status = { phase: 'Pending' };
  },
  validate(pod, old) {
    const faults = validatePodSpec(objectAt(pod, 'spec'), 'spec');
    const binds = old !== undefined && stringAt(old, 'spec', 'nodeName') !== undefined;
    const moved = binds && stringAt(old, 'spec', 'nodeName') !== stringAt(pod, 'spec', 'nodeName');
    if (old !== undefined && (moved || frozenSpec(pod) !== frozenSpec(old))) {
      faults.push({
        reason: 'FieldValueForbidden',
        field: 'spec',
        message:
          'Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
      });
    }
    const ip = stringAt(pod, 'status', 'podIP');
    if (ip !== undefined && ip !== '' && !/^[0-9a-fA-F.:]+$/.test(ip)) {
      faults.push(
        invalidValue(
          'status.podIPs[0]',
          ip,
          'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        ),
      );
    }
    return faults;
  },
  gracePeriodSeconds(pod, asked) {
    const phase = stringAt(pod, 'status', 'phase');
    if (
      stringAt(pod, 'spec', 'nodeName') === undefined ||
      phase === 'Succeeded' ||
      phase === 'Failed'
    ) {
      return undefined;
    }
    const own = valueAt(pod, 'spec', 'terminationGracePeriodSeconds');
    const seconds = asked ?? (typeof own === 'number' ? own : 30);
    return seconds <= 0 ? undefined : seconds;
  },
};

/** Defaults of a Pod spec, in Pods and in the templates of workloads. */
export function setPodSpecDefaults(spec: JsonObject): void {
  spec.restartPolicy ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.securityContext ??= {};
  spec.schedulerName ??= 'default-scheduler';
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    if (isObject(container)) {
      setContainerDefaults(container);
    }
  }
}

/** Faults of a Pod spec that the server finds before anything runs. */
export function validatePodSpec(spec: JsonObject | undefined, path: string): FieldError[] {
  const containers = listAt(spec, 'containers');
  if (containers.length === 0) {
    return [requiredValue(`${path}.containers`)];
  }
  const seen = new Set<string>();
  return containers.flatMap((container, index) => {
    const at = `${path}.containers[${String(index)}]`;
    const name = stringAt(container, 'name') ?? '';
    const faults: FieldError[] = [];
    if (name === '') {
      faults.push(requiredValue(`${at}.name`));
    } else if (seen.has(name)) {
      faults.push({
        reason: 'FieldValueDuplicate',
        field: `${at}.name`,
        message: `Duplicate value: ${JSON.stringify(name)}`,
      });
    }
    seen.add(name);
    if ((stringAt(container, 'image') ?? '') === '') {
      faults.push(requiredValue(`${at}.image`));
    }
    return faults;
  });
}

function frozenSpec(pod: KubeObject): string {
  const spec = Object.entries(objectAt(pod, 'spec') ?? {})
    .filter(([key]) => !MUTABLE.has(key))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => {
      if (!key.endsWith('ontainers') || !Array.isArray(value)) {
        return [key, value];
      }
      return [
        key,
        value.map((container) => (isObject(container) ? { ...container, image: '' } : container)),
      ];
    });
  return JSON.stringify(spec);
}

function setContainerDefaults(container: JsonObject): void {
  const image = stringAt(container, 'image') ?? '';
  const latest = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  container.resources ??= {};
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= latest ? 'Always' : 'IfNotPresent';
  for (const port of listAt(container, 'ports')) {
    if (isObject(port)) {
      port.protocol ??= 'TCP';
    }
  }
}

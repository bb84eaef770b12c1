import type { JsonObject } from '../model/json.ts';
import { isObject, listAt, objectAt, stringAt, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import type { Strategy } from '../model/resource.ts';
import { alignPodAddresses, podAddressFaults } from './pod-addresses.ts';
import { podSpecFaults } from './pod-spec-faults.ts';

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
  beforeStatusUpdate: alignPodAddresses,
  validate(pod, old) {
    const faults = podSpecFaults(objectAt(pod, 'spec'), 'spec');
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
    faults.push(...podAddressFaults(pod));
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
  const isOnHost = spec.hostNetwork === true;
  for (const container of [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]) {
    if (isObject(container)) {
      setContainerDefaults(container, isOnHost);
    }
  }
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

function setContainerDefaults(container: JsonObject, isOnHost: boolean): void {
  const image = stringAt(container, 'image') ?? '';
  const latest = image.endsWith(':latest') || !/[:@][^/]*$/.test(image);
  container.resources ??= {};
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.imagePullPolicy ??= latest ? 'Always' : 'IfNotPresent';
  for (const port of listAt(container, 'ports')) {
    if (isObject(port)) {
      port.protocol ??= 'TCP';
      if (isOnHost) {
        port.hostPort ??= port.containerPort;
      }
    }
  }
}

import type { JsonObject } from '../model/json.ts';
import { stringAt } from '../model/json.ts';
import { invalid, invalidValue, unsupportedValue } from '../model/status-error.ts';

const POLICIES = ['Foreground', 'Background', 'Orphan'];

/** Throws 422 for a propagation policy that does not exist, and for two that contradict. */
export function checkDeleteOptions(options: JsonObject): void {
  const policy = stringAt(options, 'propagationPolicy');
  if (policy === undefined) {
    return;
  }
  const faults = [
    ...(options.orphanDependents === undefined
      ? []
      : [
          invalidValue(
            'propagationPolicy',
            policy,
            'orphanDependents and deletionPropagation cannot be both set',
          ),
        ]),
    ...(POLICIES.includes(policy)
      ? []
      : [unsupportedValue('propagationPolicy', policy, [...POLICIES, 'nil'])]),
  ];
  if (faults.length > 0) {
    throw invalid({ group: 'meta.k8s.io', kind: 'DeleteOptions' }, '', faults);
  }
}

/** Whether DeleteOptions ask for a dry run. */
export function isDryRun({ dryRun }: JsonObject): boolean {
  return Array.isArray(dryRun) && dryRun.includes('All');
}

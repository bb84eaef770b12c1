import { addressesFor } from './addresses-for.ts';
import type { Egress } from './egress.ts';
import type { AppliedTo, Bandwidth, EgressResource, UnavailablePolicy } from './egress-resource.ts';
import { unavailablePolicies } from './egress-resource.ts';
import type { Fault, FaultReport } from './fault.ts';
import { faultReport, propertiesOf } from './fault.ts';
import { labelSelectorFor } from './label-selector-for.ts';
import { isQuantity } from './syntax.ts';

/** The outcome of {@link egressFor}. */
export interface EgressConversion {
  /**
   * The Egress without its faulty parts. Without an address the external traffic of its Pods is
   * dropped; a faulty selector makes `appliedTo` select nothing.
   */
  readonly egress: Egress;
  /** All faults, in the order of the fields; empty for a valid object. */
  readonly faults: readonly Fault[];
}

const specFields = [
  'appliedTo',
  'egressIP',
  'egressIPs',
  'externalIPPool',
  'externalIPPools',
  'bandwidth',
  'unavailable',
];

/**
 * Checks an Egress of the API server, which may have been stored under an earlier, less strict
 * schema.
 */
export function egressFor(resource: EgressResource): EgressConversion {
  const { name, uid = '', generation = 0, creationTimestamp = 0 } = resource.metadata;
  const report = faultReport(`Egress ${name}`);
  const spec = specFor(resource.spec, report);
  const appliedTo = appliedToFor(spec.appliedTo, report);
  const addresses = addressesFor(spec, report);
  const bandwidth = bandwidthFor(spec.bandwidth, report);
  const egress = {
    name,
    uid,
    generation,
    createdAtMs: new Date(creationTimestamp).getTime(),
    appliedTo,
    ...addresses,
    ...(bandwidth === undefined ? {} : { bandwidth }),
    unavailable: unavailableFor(spec.unavailable, report),
  };
  return { egress, faults: report.faults };
}

function specFor(value: unknown, report: FaultReport): Readonly<Record<string, unknown>> {
  const spec = propertiesOf(value) ?? {};
  const unknownFields = Object.keys(spec).filter((field) => !specFields.includes(field));
  for (const field of unknownFields) {
    report.add(
      `spec.${field}`,
      spec[field],
      `one of the fields ${specFields.join(', ')}`,
      'Correct or remove it.',
    );
  }
  return spec;
}

function appliedToFor(value: unknown, report: FaultReport): AppliedTo {
  const faultsBefore = report.faults.length;
  const appliedTo = propertiesOf(value);
  if (appliedTo === undefined) {
    report.add(
      'spec.appliedTo',
      value,
      'an object with podSelector, namespaceSelector or both',
      'Select the Pods of the Egress; {podSelector: {}} selects every Pod.',
    );
    return {};
  }
  const selectors: { -readonly [Field in keyof AppliedTo]: AppliedTo[Field] } = {};
  for (const field of Object.keys(appliedTo)) {
    const value = appliedTo[field];
    if (field !== 'podSelector' && field !== 'namespaceSelector') {
      report.add(
        `spec.appliedTo.${field}`,
        value,
        'podSelector or namespaceSelector',
        'Correct or remove it.',
      );
    } else if (value !== undefined && value !== null) {
      const selector = labelSelectorFor(value, `spec.appliedTo.${field}`, report);
      if (selector !== undefined) {
        selectors[field] = selector;
      }
    }
  }
  // An absent selector matches everything: without the faulty one, the other would select too much.
  return report.faults.length > faultsBefore ? {} : selectors;
}

function bandwidthFor(value: unknown, report: FaultReport): Bandwidth | undefined {
  if (value === undefined || value === null) {
    return undefined;
  }
  const { rate, burst } = propertiesOf(value) ?? {};
  const remedy = 'Give both rate (bit/s) and burst (bits), for example 500M.';
  if (!isQuantity(rate)) {
    report.add('spec.bandwidth.rate', rate, 'a quantity', remedy);
  }
  if (!isQuantity(burst)) {
    report.add('spec.bandwidth.burst', burst, 'a quantity', remedy);
  }
  return isQuantity(rate) && isQuantity(burst) ? { rate, burst } : undefined;
}

function unavailableFor(value: unknown, report: FaultReport): UnavailablePolicy {
  if (value === undefined || value === null) {
    return 'Drop';
  }
  const policy = unavailablePolicies.find((candidate) => candidate === value);
  if (policy === undefined) {
    const expected = `one of ${unavailablePolicies.join(', ')}`;
    report.add('spec.unavailable', value, expected, 'Choose one of them; the default is Drop.');
  }
  return policy ?? 'Drop';
}

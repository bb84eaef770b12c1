import type { Fault } from './fault.ts';

/** Collects the faults of one object. */
export interface FaultReport {
  readonly faults: readonly Fault[];
  add(field: string, value: unknown, expected: string, remedy: string): void;
}

/** @param object kind and name of the object that is checked. */
export function faultReport(object: string): FaultReport {
  const faults: Fault[] = [];
  return {
    faults,
    add(field, value, expected, remedy) {
      faults.push({ object, field, value, expected, remedy });
    },
  };
}

/** The properties of `value` when it is an object (of JSON), else undefined. */
export function propertiesOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { ...value }
    : undefined;
}

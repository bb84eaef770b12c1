/** A field of an object with an invalid value, and the remedy. */
export interface Fault {
  /** Kind and name: `Egress web`. */
  readonly object: string;
  /** The path of the field: `spec.appliedTo.podSelector.matchExpressions[0].operator`. */
  readonly field: string;
  /** The present value; undefined when the field is missing. */
  readonly value: unknown;
  /** A noun for the valid values: `an IPv4 or IPv6 address`. */
  readonly expected: string;
  /** A sentence. */
  readonly remedy: string;
}

/** `Egress web: spec.egressIP: expected an IPv4 or IPv6 address, got "10.0.0". Write one …` */
export function renderFault({ object, field, value, expected, remedy }: Fault): string {
  return value === undefined
    ? `${object}: ${field} is missing: expected ${expected}. ${remedy}`
    : `${object}: ${field}: expected ${expected}, got ${brief(value)}. ${remedy}`;
}

/** `value` as JSON. Values come from users: a long one would bury the message. */
export function brief(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

/** Collects the faults of one object. */
export interface FaultReport {
  readonly faults: readonly Fault[];
  add(field: string, value: unknown, expected: string, remedy: string): void;
}

/** @param object kind and name of the checked object */
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

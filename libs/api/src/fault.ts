/** One thing that is wrong with an object, and how to put it right. */
export interface Fault {
  /** Kind and name: `Egress web`. */
  readonly object: string;
  /** The path of the field: `spec.appliedTo.podSelector.matchExpressions[0].operator`. */
  readonly field: string;
  /** What is there now; undefined when the field is missing. */
  readonly value: unknown;
  /** What has to be there: `an IPv4 or IPv6 address`. */
  readonly expected: string;
  /** A sentence: what to do about it. */
  readonly remedy: string;
}

/** `Egress web: spec.egressIP: "10.0.0" is not an IPv4 or IPv6 address: write it in full …` */
export function renderFault({ object, field, value, expected, remedy }: Fault): string {
  return value === undefined
    ? `${object}: ${field} is missing: expected ${expected}. ${remedy}`
    : `${object}: ${field}: expected ${expected}, got ${brief(value)}. ${remedy}`;
}

/** Values come from users: long ones would bury the message. */
function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

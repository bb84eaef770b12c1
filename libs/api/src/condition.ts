/** metav1.Condition: one aspect of an object's status. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** A CamelCase word for programs. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
  /** RFC 3339; when `status` last changed. */
  readonly lastTransitionTime: string;
  /** The metadata.generation that the condition refers to. */
  readonly observedGeneration?: number;
}

/**
 * `conditions`, in which `condition` replaces the one of its type or is added at the end.
 * `lastTransitionTime` becomes `now` only when `status` changes. Returns the same array when
 * nothing changes.
 */
export function setCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: Date,
): readonly Condition[] {
  const index = conditions.findIndex(({ type }) => type === condition.type);
  const before = conditions[index];
  if (before === undefined) {
    return [...conditions, { ...condition, lastTransitionTime: rfc3339(now) }];
  }
  const lastTransitionTime =
    before.status === condition.status ? before.lastTransitionTime : rfc3339(now);
  const after = { ...condition, lastTransitionTime };
  return sameCondition(before, after) ? conditions : conditions.with(index, after);
}

/** As Kubernetes writes times: whole seconds. */
function rfc3339(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

function sameCondition(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.lastTransitionTime === b.lastTransitionTime &&
    a.observedGeneration === b.observedGeneration
  );
}

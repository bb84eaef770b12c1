import type { LabelRequirement, Labels, LabelSelector } from '@sallyport/api';

/** Whether `labels` satisfy `selector`, as Kubernetes decides it. */
export function matches(selector: LabelSelector, labels: Labels): boolean {
  return (
    Object.entries(selector.matchLabels ?? {}).every(
      ([key, value]) => valueOf(labels, key) === value,
    ) && (selector.matchExpressions ?? []).every((requirement) => satisfies(requirement, labels))
  );
}

/** A label key may be the name of something every object inherits, such as `constructor`. */
function valueOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function satisfies({ key, operator, values = [] }: LabelRequirement, labels: Labels): boolean {
  const value = valueOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

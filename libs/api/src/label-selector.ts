export type Labels = Readonly<Record<string, string>>;

export const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

export interface LabelRequirement {
  readonly key: string;
  readonly operator: (typeof labelOperators)[number];
  /** One at least for `In` and `NotIn`; none for the others. */
  readonly values?: readonly string[];
}

/** metav1.LabelSelector: everything it names has to hold; an empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** Whether `labels` satisfy `selector`, as Kubernetes decides it. */
export const matches = (selector: LabelSelector, labels: Labels): boolean =>
  Object.entries(selector.matchLabels ?? {}).every(([key, value]) => valueOf(labels, key) === value) &&
  (selector.matchExpressions ?? []).every((requirement) => satisfies(requirement, labels));

const satisfies = ({ key, operator, values = [] }: LabelRequirement, labels: Labels): boolean => {
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
};

/** A label key may be the name of something every object inherits, such as `constructor`. */
const valueOf = (labels: Labels, key: string): string | undefined =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

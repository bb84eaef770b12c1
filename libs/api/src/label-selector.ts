/** The labels of an object: key → value. */
export type Labels = Readonly<Record<string, string>>;

/** The operators of `matchExpressions` in Kubernetes. */
export const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;

/** One item of `matchExpressions`. */
export interface LabelRequirement {
  readonly key: string;
  readonly operator: (typeof labelOperators)[number];
  /** One at least for `In` and `NotIn`; none for the others. */
  readonly values?: readonly string[];
}

/** metav1.LabelSelector: every requirement has to match; an empty one matches everything. */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** The pattern of a Kubernetes quantity that is not negative: `500M`, `1.5Gi`, `1e9`. */
export const QUANTITY_PATTERN = '^[0-9]+(\\.[0-9]*)?([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$';

const pattern = new RegExp(QUANTITY_PATTERN);

/** Whether `value` is a quantity, written as a string or as a whole number. */
export function isQuantity(value: unknown): value is string | number {
  return (
    (typeof value === 'string' && pattern.test(value)) ||
    (typeof value === 'number' && Number.isInteger(value) && value >= 0)
  );
}

/**
 * The pattern of a label's value: empty, or up to 63 characters (the length is a check of its own).
 */
export const LABEL_VALUE_PATTERN = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';
export const LABEL_VALUE_MAX_LENGTH = 63;

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]';
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/**
 * The pattern of a label's key: a name of up to 63 characters, optionally after a DNS name and a
 * slash.
 */
export const LABEL_KEY_PATTERN = `^(${DNS_LABEL}(\\.${DNS_LABEL})*/)?${NAME}$`;
/** 253 for the prefix, the slash, and the name. */
export const LABEL_KEY_MAX_LENGTH = 317;

/** Nouns for valid keys and values, for messages. */
export const A_LABEL_KEY =
  'a label key: up to 63 letters, digits, "-", "_" and ".", optionally after a DNS name and "/"';
export const A_LABEL_VALUE =
  'a label value: up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends';

/** The pattern of the name of an ExternalIPPool: a DNS name, as for most objects of Kubernetes. */
export const POOL_NAME_PATTERN =
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
export const POOL_NAME_MAX_LENGTH = 253;

/** A noun for valid names, for messages. */
export const A_POOL_NAME = 'the name of an ExternalIPPool: lower-case letters, digits, "-" and "."';

/** The pattern of a Kubernetes quantity that is not negative: `500M`, `1.5Gi`, `1e9`. */
export const QUANTITY_PATTERN = '^[0-9]+(\\.[0-9]*)?([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$';

const labelKey = new RegExp(LABEL_KEY_PATTERN);
const labelValue = new RegExp(LABEL_VALUE_PATTERN);
const poolName = new RegExp(POOL_NAME_PATTERN);
const quantity = new RegExp(QUANTITY_PATTERN);

/** Whether the API server would accept `key` as the key of a label. */
export function isLabelKey(key: string): boolean {
  return key.length <= LABEL_KEY_MAX_LENGTH && labelKey.test(key);
}

/** Whether `value` is a string that the API server would accept as the value of a label. */
export function isLabelValue(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= LABEL_VALUE_MAX_LENGTH && labelValue.test(value)
  );
}

/** Whether `value` is a string that can name an ExternalIPPool. */
export function isPoolName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= POOL_NAME_MAX_LENGTH && poolName.test(value);
}

/** Whether `value` is a quantity, written as a string or as a whole number. */
export function isQuantity(value: unknown): value is string | number {
  return (
    (typeof value === 'string' && quantity.test(value)) ||
    (typeof value === 'number' && Number.isInteger(value) && value >= 0)
  );
}

/**
 * The pattern of a label's value: empty, or up to 63 characters (the length is a check of its own).
 */
export const LABEL_VALUE_PATTERN = '^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$';
export const LABEL_VALUE_MAX_LENGTH = 63;

const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]';
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

/**
 * The pattern of a label's key: a name of up to 63 characters, with a DNS name and a slash before
 * it or not.
 */
export const LABEL_KEY_PATTERN = `^(${DNS_LABEL}(\\.${DNS_LABEL})*/)?${NAME}$`;
/** 253 for the prefix, the slash, and the name. */
export const LABEL_KEY_MAX_LENGTH = 317;

/** What is expected of keys and values, for messages. */
export const A_LABEL_KEY =
  'a label key: up to 63 letters, digits, "-", "_" and ".", with a DNS name and "/" before it or not';
export const A_LABEL_VALUE =
  'a label value: up to 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends';

const keyPattern = new RegExp(LABEL_KEY_PATTERN);
const valuePattern = new RegExp(LABEL_VALUE_PATTERN);

export function isLabelKey(key: string): boolean {
  return key.length <= LABEL_KEY_MAX_LENGTH && keyPattern.test(key);
}

export function isLabelValue(value: unknown): value is string {
  return (
    typeof value === 'string' && value.length <= LABEL_VALUE_MAX_LENGTH && valuePattern.test(value)
  );
}

import type { FieldError } from './status-error.ts';
import { invalidValue } from './status-error.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1123 = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_WORDS =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1123_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_WORDS =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_NAME_WORDS =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_WORDS =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** The fault of a name that is no DNS subdomain of at most 253 characters. */
export function subdomainFault(field: string, name: string, prefix = ''): FieldError[] {
  if (name.length > 253) {
    return [invalidValue(field, name, 'must be no more than 253 characters')];
  }
  return SUBDOMAIN.test(name) ? [] : [invalidValue(field, name, `${prefix}${SUBDOMAIN_WORDS}`)];
}

/** The fault of a name that is no DNS label (RFC 1123) of at most 63 characters. */
export function labelFault1123(field: string, name: string): FieldError[] {
  if (name.length > 63) {
    return [invalidValue(field, name, 'must be no more than 63 characters')];
  }
  return LABEL_1123.test(name) ? [] : [invalidValue(field, name, LABEL_1123_WORDS)];
}

/** The fault of a name that is no DNS label (RFC 1035); `shown` is the value in the message. */
export function labelFault1035(field: string, name: string, shown = name): FieldError[] {
  return LABEL_1035.test(name) && name.length <= 63
    ? []
    : [invalidValue(field, shown, LABEL_1035_WORDS)];
}

/** The fault of a key of labels or annotations, with or without a prefix. */
export function qualifiedNameFault(field: string, key: string): FieldError[] {
  const part = key.slice(key.indexOf('/') + 1);
  return QUALIFIED_NAME.test(part) && part.length <= 63
    ? []
    : [invalidValue(field, key, QUALIFIED_NAME_WORDS)];
}

/** The fault of a label's value. */
export function labelValueFault(field: string, value: string): FieldError[] {
  return LABEL_VALUE.test(value) && value.length <= 63
    ? []
    : [invalidValue(field, value, LABEL_VALUE_WORDS)];
}

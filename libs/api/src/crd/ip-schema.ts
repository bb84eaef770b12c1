import type { Schema } from './schema.ts';

/** The longest text of an IPv6 address. Rules in CEL are only allowed on texts and lists with a bound. */
const MAX_IP_LENGTH = 45;

export const ipSchema: Schema = {
  type: 'string',
  maxLength: MAX_IP_LENGTH,
  oneOf: [{ format: 'ipv4' }, { format: 'ipv6' }],
};

/** An address or "", which clients that write Go structs leave in lists. */
export const ipOrEmptySchema: Schema = {
  type: 'string',
  maxLength: MAX_IP_LENGTH,
  oneOf: [{ maxLength: 0 }, { format: 'ipv4' }, { format: 'ipv6' }],
};

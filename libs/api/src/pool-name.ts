/** The pattern of the name of an ExternalIPPool: a DNS name, as for most objects of Kubernetes. */
export const POOL_NAME_PATTERN =
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
export const POOL_NAME_MAX_LENGTH = 253;

/** What is expected, for messages. */
export const A_POOL_NAME = 'the name of an ExternalIPPool: lower-case letters, digits, "-" and "."';

const pattern = new RegExp(POOL_NAME_PATTERN);

export function isPoolName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= POOL_NAME_MAX_LENGTH && pattern.test(value);
}

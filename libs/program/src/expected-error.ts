import { constants } from 'node:os';
import { errorCodes } from '@sallyport/api';

/**
 * Whether an error is no bug, so that its message is enough. Such are the errors of our catalogue,
 * errors of the system or of a connection, time limits, and sums and wrappers of these. A known
 * error that hides a bug in its cause is a bug.
 */
export function isExpected(error: unknown): boolean {
  const { code, name, cause, errors } = fieldsOf(error);
  if (Array.isArray(errors) && errors.length > 0) {
    return errors.every(isExpected);
  }
  const isKnown = name === 'TimeoutError' || name === 'AbortError' || isKnownCode(code);
  if (cause === undefined) {
    return isKnown;
  }
  // fetch wraps an error of the connection in a TypeError that has no code.
  return isExpected(cause) ? isKnown || code === undefined : isKnown && isRefusal(cause);
}

/** A certificate that Node.js refuses has the code of OpenSSL: CERT_HAS_EXPIRED and the like. */
const CERTIFICATE_CODE =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_ALTNAME_INVALID)/;

/** The codes that fetch has for a lost connection and for its time limits. */
const FETCH_CODE = /^UND_ERR_(?:SOCKET|(?:CONNECT|HEADERS|BODY)_TIMEOUT)$/;

/** The codes of a name that cannot be resolved; those of the system are in `os.constants`. */
const RESOLVER_CODES = ['ENOTFOUND', 'EAI_AGAIN'];

/** Leaves out `ERR_*` of Node.js and `FST_*` of Fastify: a call was wrong. */
function isKnownCode(code: unknown): boolean {
  return (
    typeof code === 'string' &&
    (code in errorCodes ||
      code in constants.errno ||
      RESOLVER_CODES.includes(code) ||
      CERTIFICATE_CODE.test(code) ||
      FETCH_CODE.test(code))
  );
}

/**
 * Whether a cause was thrown with a message and nothing else. `netlink` throws the answer of the
 * kernel so, and JSON.parse a SyntaxError. A bug is a TypeError or has a code.
 */
function isRefusal(error: unknown): boolean {
  const { code, name, cause } = fieldsOf(error);
  return (
    (name === 'Error' || name === 'SyntaxError') &&
    code === undefined &&
    (cause === undefined || isExpected(cause) || isRefusal(cause))
  );
}

/** Reads the fields instead of asking for the class: errors may come from another realm. */
function fieldsOf(error: unknown): Partial<Record<'code' | 'name' | 'cause' | 'errors', unknown>> {
  return typeof error === 'object' && error !== null ? error : {};
}

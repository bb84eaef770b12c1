import { isIPv4, isIPv6 } from 'node:net';
import type { Format } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';

/**
 * The formats that the API server checks in custom resources (apiextensions-apiserver,
 * `pkg/apiserver/validation/formats.go`); any other is documentation.
 */
export const FORMATS: Readonly<Record<string, Format>> = {
  date: fullFormats.date,
  'date-time': fullFormats['date-time'],
  email: fullFormats.email,
  hostname: fullFormats.hostname,
  uri: fullFormats.uri,
  uuid: fullFormats.uuid,
  byte: fullFormats.byte,
  int32: fullFormats.int32,
  int64: fullFormats.int64,
  float: fullFormats.float,
  double: fullFormats.double,
  password: true,
  ipv4: isIPv4,
  ipv6: (text: string) => isIPv6(text) && !text.includes('%'),
  cidr: isCIDR,
  mac: /^([0-9A-Fa-f]{2}[:-]){5}([0-9A-Fa-f]{2}[:-]?){1,3}$/,
  duration:
    /^[+-]?(\d+(\.\d*)?\s*(ns|us|µs|ms|s|m|h|d|w|nanos?|micros?|millis?|seconds?|minutes?|hours?|days?|weeks?)\s*)+$|^0$/,
};

/** An address and a prefix length, as Go's `net.ParseCIDR` takes them. */
export function isCIDR(text: string): boolean {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    return false;
  }
  if (isIPv4(address)) {
    return Number(length) <= 32;
  }
  return isIPv6(address) && !address.includes('%') && Number(length) <= 128;
}

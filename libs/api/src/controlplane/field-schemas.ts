import { Type } from 'typebox';
import { parseIp } from '../ip.ts';
import { object } from './readonly-schema.ts';

/** An address that is written as `parseIp` writes it: agents hand it to tools of the kernel. */
export const IpSchema = Type.Refine(
  Type.String({ description: 'An IPv4 or IPv6 address in canonical form.' }),
  (text) => parseIp(text) === text,
  () => 'an IP address',
);

/** An address in any notation that `parseIp` accepts. */
export const AnyIpSchema = Type.Refine(
  Type.String({ description: 'An IPv4 or IPv6 address.' }),
  (text) => parseIp(text) !== undefined,
  () => 'an IP address',
);

/** A version of a store. */
const VersionSchema = Type.Refine(
  Type.String({ description: 'A decimal number, larger for every later change.' }),
  (text) => /^[0-9]+$/.test(text),
  () => 'a decimal number',
);

/** The fields that the metadata of all watched objects have in common. */
export const MetadataSchema = object({ name: Type.String(), resourceVersion: VersionSchema });

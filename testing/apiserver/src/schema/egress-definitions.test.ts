import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Json } from '../model/json.ts';
import { kubeObjectFrom } from '../model/kube-object.ts';
import type { Schema } from '../model/schema.ts';
import { validateSchema } from './validate-schema.ts';

// The rules of libs/api/crds that compute something, with many values. kubectl's messages for a few
// of them are in egress-definitions.int.test.ts.

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const file = new URL(
  '../../../../libs/api/crds/crd.antrea.io_externalippools.yaml',
  import.meta.url,
);
const { spec } = parse(readFileSync(file, 'utf8')) as Definition;
const schema = spec.versions[0]!.schema.openAPIV3Schema;

it('an IPv4 range ends where it starts or later', () => {
  const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
  fc.assert(
    fc.property(octets, octets, (one, two) => {
      const [start, end] = [one.join('.'), two.join('.')];
      const number = (parts: readonly number[]): number =>
        parts.reduce((sum, part) => sum * 256 + part, 0);
      expect(range(start, start)).toEqual([]);
      expect(range(start, end)).toHaveLength(number(one) <= number(two) ? 0 : 1);
    }),
  );
});

it('an IPv4 subnet has a prefix of 31 bits at most, and messages tell the length', () => {
  for (let prefixLength = 1; prefixLength <= 127; prefixLength += 1) {
    const pool = (gateway: string, start: string): string =>
      faultsOf({
        nodeSelector: {},
        ipRanges: [{ start, end: start }],
        subnetInfo: { gateway, prefixLength },
      }).join();
    expect(pool('fd00::1', 'fd00::1')).toBe('');
    expect(pool('fd00::1', '::')).toMatch(
      new RegExp(`outside of fd00::1/${String(prefixLength)}$`),
    );
    const fault = `spec.subnetInfo.prefixLength: Invalid value: "object": expected a number from 1 to 31, as the gateway is an IPv4 address, got ${String(prefixLength)}`;
    expect(pool('10.0.10.1', '10.0.10.1')).toBe(prefixLength < 32 ? '' : fault);
  }
});

function range(start: string, end: string): string[] {
  return faultsOf({ nodeSelector: {}, ipRanges: [{ start, end }] });
}

function faultsOf(pool: Json): string[] {
  const object = kubeObjectFrom(
    { metadata: { name: 'x' }, spec: pool },
    'crd.antrea.io/v1beta1',
    'ExternalIPPool',
  );
  return validateSchema(schema, object, undefined).map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

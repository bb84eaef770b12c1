import { cidrSchema, ipSchema } from './ip-schema.ts';
import { quoted, ruleFor } from './rule.ts';
import type { Schema } from './schema.ts';

const bothEnds = 'has(self.start) && has(self.end) && isIP(self.start) && isIP(self.end)';
const oneFamily = "self.start.contains(':') == self.end.contains(':')";
const got = `${quoted('self.start')} + ' and ' + ${quoted('self.end')}`;

/** A CIDR, or the first and the last address. */
export const ipRangeSchema: Schema = {
  type: 'object',
  properties: {
    cidr: { ...cidrSchema, description: 'Every host address of this network.' },
    start: { ...ipSchema, description: 'The first address.' },
    end: { ...ipSchema, description: 'The last address.' },
  },
  'x-kubernetes-validations': [
    ruleFor({
      rule: 'has(self.cidr) ? !has(self.start) && !has(self.end) : has(self.start) && has(self.end)',
      expected: 'either cidr, or start and end',
      got: `'{' + ${['cidr', 'start', 'end'].map(shown).join(' + ')} + ' }'`,
    }),
    ruleFor({
      rule: `!(${bothEnds}) || ${oneFamily}`,
      expected: 'start and end of one family',
      got,
    }),
    // CEL cannot compare addresses; for IPv6 a detour costs more than the API server allows.
    ruleFor({
      rule: `!(${bothEnds}) || self.start.contains(':') || self.end.contains(':') || ${asNumber('self.start')} <= ${asNumber('self.end')}`,
      expected: 'a start that is not after end',
      got,
    }),
  ],
};

function shown(field: string): string {
  return `(has(self.${field}) ? ' ${field}: ' + ${quoted(`self.${field}`)} : '')`;
}

/** CEL for an IPv4 address as a number. */
function asNumber(ip: string): string {
  return [16777216, 65536, 256, 1]
    .map((factor, index) => `int(${ip}.split('.')[${index}]) * ${factor}`)
    .join(' + ');
}

import { patternFault } from './re2.ts';

describe('patternFault', () => {
  it.each([
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
    '^[0-9]+(\\.[0-9]*)?([numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?$',
    '^a{1,1000}$',
    '[(?=]+',
    '\\(\\?=',
    '(?:a|b)+?',
  ])('%s can be used', (pattern) => {
    expect(patternFault(pattern)).toBeUndefined();
  });

  it.each([
    ['(', 'missing closing ): `(`'],
    ['^(?!x)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['a(?=b)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?<=a)b', 'invalid or unsupported Perl syntax: `(?<`'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['\\u0041', 'invalid escape sequence: `\\u`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{1,2000}', 'invalid repeat count: `{1,2000}`'],
    ['[a', 'Unterminated character class'],
  ])('%s is refused', (pattern, why) => {
    expect(patternFault(pattern)).toContain(`error parsing regexp: `);
    expect(patternFault(pattern)).toContain(why);
  });
});

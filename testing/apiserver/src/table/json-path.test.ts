import { ageOf, humanDuration } from './duration.ts';
import { compileJsonPath } from './json-path.ts';

const object = {
  metadata: { annotations: { 'x.example/y': 'dotted' } },
  spec: { ips: ['1', '2'], map: { a: 1, b: 2 } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
};

describe('compileJsonPath', () => {
  const cases: readonly (readonly [string, readonly unknown[]])[] = [
    ['.spec.ips[0]', ['1']],
    ['{.spec.ips[-1]}', ['2']],
    ['.spec.ips[9]', []],
    ['.spec.ips[*]', ['1', '2']],
    ['.spec.map.*', [1, 2]],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    ["$.status.conditions[?(@.type != 'Ready')].status", ['False']],
    ['.metadata.annotations.x\\.example/y', ['dotted']],
    ["metadata.annotations['x.example/y']", ['dotted']],
    ['.missing.more', []],
  ];

  it.each(cases)('%s finds %j', (path, found) => {
    expect(compileJsonPath(path)(object)).toEqual(found);
  });

  it('refuses a path that it cannot read', () => {
    expect(() => compileJsonPath('.spec[?(@.a>1)]')).toThrow('cannot read "[?(@.a>1)]"');
  });
});

describe('humanDuration', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0s'],
    [119, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 60, '3h1m'],
    [9 * 3600 + 60, '9h'],
    [49 * 3600, '2d1h'],
    [9 * 86_400, '9d'],
    [3 * 365 * 86_400, '3y'],
  ];

  it.each(cases)('%d s is %s', (seconds, text) => {
    expect(humanDuration(seconds * 1000)).toBe(text);
  });

  it('says when there is no age', () => {
    expect(ageOf(undefined, new Date())).toBe('<unknown>');
    expect(ageOf('nonsense', new Date())).toBe('<invalid>');
  });
});

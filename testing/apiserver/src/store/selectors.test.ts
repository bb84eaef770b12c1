import type { KubeObject } from '../model/kube-object.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', labels: { a: '1', 'x.example/b': 'two', empty: '' } },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running' },
};

describe('parseLabelSelector', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['a=1', true],
    ['a==1', true],
    ['a = 1, x.example/b=two', true],
    ['a=2', false],
    ['a!=2', true],
    ['missing!=2', true],
    ['a!=1', false],
    ['a', true],
    ['missing', false],
    ['!missing', true],
    ['!a', false],
    ['empty=', true],
    ['a in (1, 2),x.example/b notin (three)', true],
    ['a in (2,3)', false],
    ['missing in ()', false],
    ['missing notin (1)', true],
    ['a notin (1)', false],
  ];

  it.each(cases)('"%s" selects: %s', (text, expected) => {
    expect(parseLabelSelector(text)(pod)).toBe(expected);
  });

  it.each(['a=b=c', 'a in 1', '=1', 'a,,b c'])('refuses "%s"', (text) => {
    expect(() => parseLabelSelector(text)).toThrow(/unable to parse requirement/);
  });
});

describe('parseFieldSelector', () => {
  const cases: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['metadata.name=p', true],
    ['metadata.name=p,metadata.namespace!=ns', false],
    ['spec.nodeName=n1,status.phase!=Succeeded', true],
    ['spec.nodeName=', false],
  ];

  it.each(cases)('"%s" selects: %s', (text, expected) => {
    expect(parseFieldSelector(text, '/pods')(pod)).toBe(expected);
  });

  it('refuses fields that cannot be selected', () => {
    expect(() => parseFieldSelector('spec.nodeName=n1', '/configmaps')).toThrow(
      'field label not supported: spec.nodeName',
    );
    expect(() => parseFieldSelector('nonsense', '/pods')).toThrow(/invalid selector/);
  });
});

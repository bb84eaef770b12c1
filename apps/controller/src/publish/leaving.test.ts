import { leavingAfter } from './leaving.ts';

type Names = readonly string[];

interface Case {
  /** The Nodes with the group of Egress web, before and now. */
  readonly had: Names;
  readonly have: Names;
  readonly leaving?: Names;
  readonly upToDate?: Names;
  readonly nodes?: Names;
  readonly egresses?: Names;
}

describe('leavingAfter', () => {
  it.each<[string, Case, Names | undefined]>([
    ['is nobody when nothing has changed', { had: ['n1', 'n2'], have: ['n1', 'n2'] }, undefined],
    ['is a Node that has lost the group', { had: ['n2', 'n3', 'n1'], have: ['n2'] }, ['n1', 'n3']],
    ['is a Node that lost it earlier', { had: ['n2'], have: ['n2'], leaving: ['n1'] }, ['n1']],
    [
      'is not a Node that has forgotten it',
      { had: ['n2', 'n3'], have: ['n2'], leaving: ['n1'], upToDate: ['n1', 'n2'] },
      ['n3'],
    ],
    [
      'is not a Node that has got it back',
      { had: ['n2'], have: ['n1', 'n2'], leaving: ['n1'] },
      undefined,
    ],
    [
      'is not a Node that has left the cluster',
      { had: ['n1', 'n2'], have: ['n2'], nodes: ['n2'] },
      undefined,
    ],
    [
      'is nobody of an Egress that is gone',
      { had: ['n1', 'n2'], have: [], egresses: [] },
      undefined,
    ],
  ])('%s', (_, input, expected) => {
    expect(leavingOf(input)).toEqual(expected);
  });

  it('is nobody after the first decision', () => {
    const decision = {
      nodesOfGroup: new Map([['web', ['n1']]]),
      resolved: new Map([['web', {}]]),
      observation: { nodes: new Map([['n1', {}]]) },
    };
    expect(
      leavingAfter({ decision: undefined, leaving: new Map() }, decision, () => false).size,
    ).toBe(0);
  });
});

function leavingOf({
  had,
  have,
  leaving = [],
  upToDate = [],
  nodes,
  egresses = ['web'],
}: Case): Names | undefined {
  return leavingAfter(
    { decision: { nodesOfGroup: new Map([['web', had]]) }, leaving: new Map([['web', leaving]]) },
    {
      nodesOfGroup: new Map([['web', have]]),
      resolved: new Map(egresses.map((name) => [name, {}])),
      observation: {
        nodes: new Map((nodes ?? ['n1', 'n2', 'n3', 'n4']).map((name) => [name, {}])),
      },
    },
    (nodeName, egress) => egress === 'web' && upToDate.includes(nodeName),
  ).get('web');
}

import { pendingRemovalsAfter } from './pending-removals.ts';

type Names = readonly string[];

interface Case {
  /** The Nodes with the group of Egress web, before and now. */
  readonly had: Names;
  readonly have: Names;
  readonly pending?: Names;
  readonly upToDate?: Names;
  readonly nodes?: Names;
  readonly egresses?: Names;
}

describe('pendingRemovalsAfter', () => {
  it.each<[string, Case, Names | undefined]>([
    ['is empty when nothing has changed', { had: ['n1', 'n2'], have: ['n1', 'n2'] }, undefined],
    ['has a Node that has lost the group', { had: ['n2', 'n3', 'n1'], have: ['n2'] }, ['n1', 'n3']],
    ['has a Node that lost it earlier', { had: ['n2'], have: ['n2'], pending: ['n1'] }, ['n1']],
    [
      'does not have a Node that has removed it',
      { had: ['n2', 'n3'], have: ['n2'], pending: ['n1'], upToDate: ['n1', 'n2'] },
      ['n3'],
    ],
    [
      'does not have a Node that has the group again',
      { had: ['n2'], have: ['n1', 'n2'], pending: ['n1'] },
      undefined,
    ],
    [
      'does not have a Node that has left the cluster',
      { had: ['n1', 'n2'], have: ['n2'], nodes: ['n2'] },
      undefined,
    ],
    [
      'is empty for an Egress that is gone',
      { had: ['n1', 'n2'], have: [], egresses: [] },
      undefined,
    ],
  ])('%s', (_, input, expected) => {
    expect(pendingOf(input)).toEqual(expected);
  });

  it('is empty after the first decision', () => {
    const decision = {
      nodesOfGroup: new Map([['web', ['n1']]]),
      resolved: new Map([['web', {}]]),
      nodes: new Map([['n1', {}]]),
    };
    expect(
      pendingRemovalsAfter(
        { decision: undefined, pendingRemovals: new Map() },
        decision,
        () => false,
      ).size,
    ).toBe(0);
  });
});

function pendingOf({
  had,
  have,
  pending = [],
  upToDate = [],
  nodes,
  egresses = ['web'],
}: Case): Names | undefined {
  return pendingRemovalsAfter(
    {
      decision: { nodesOfGroup: new Map([['web', had]]) },
      pendingRemovals: new Map([['web', pending]]),
    },
    {
      nodesOfGroup: new Map([['web', have]]),
      resolved: new Map(egresses.map((name) => [name, {}])),
      nodes: new Map((nodes ?? ['n1', 'n2', 'n3', 'n4']).map((name) => [name, {}])),
    },
    (nodeName, egress) => egress === 'web' && upToDate.includes(nodeName),
  ).get('web');
}

import { pendingRemovalsAfter } from './pending-removals.ts';

type Names = readonly string[];

interface Case {
  /** The Nodes that have just lost the group of Egress web, and those that have it. */
  readonly removed?: Names;
  readonly have: Names;
  readonly pending?: Names;
  readonly upToDate?: Names;
  readonly nodes?: Names;
  readonly egresses?: Names;
}

describe('pendingRemovalsAfter', () => {
  it.each<[string, Case, Names | undefined]>([
    ['is empty when nothing has changed', { have: ['n1', 'n2'] }, undefined],
    ['has a Node that has lost the group', { removed: ['n3', 'n1'], have: ['n2'] }, ['n1', 'n3']],
    ['has a Node that lost it earlier', { have: ['n2'], pending: ['n1'] }, ['n1']],
    [
      'does not have a Node that has removed it',
      { removed: ['n3'], have: ['n2'], pending: ['n1'], upToDate: ['n1', 'n2'] },
      ['n3'],
    ],
    [
      'does not have a Node that has the group again',
      { have: ['n1', 'n2'], pending: ['n1'] },
      undefined,
    ],
    [
      'does not have a Node that has left the cluster',
      { removed: ['n1'], have: ['n2'], nodes: ['n2'] },
      undefined,
    ],
    [
      'is empty for an Egress that is gone',
      { removed: ['n1', 'n2'], have: [], egresses: [] },
      undefined,
    ],
  ])('%s', (_, input, expected) => {
    expect(pendingOf(input)).toEqual(expected);
  });
});

function pendingOf({
  removed = [],
  have,
  pending = [],
  upToDate = [],
  nodes,
  egresses = ['web'],
}: Case): Names | undefined {
  return pendingRemovalsAfter(
    {
      pending: new Map([['web', pending]]),
      removed: new Map([['web', removed]]),
    },
    {
      nodesOfGroup: new Map([['web', have]]),
      egresses: new Set(egresses),
      nodes: new Set(nodes ?? ['n1', 'n2', 'n3', 'n4']),
    },
    (nodeName, egress) => egress === 'web' && upToDate.includes(nodeName),
  ).get('web');
}

import { PendingRemovals } from './pending-removals.ts';

type Change = (pending: PendingRemovals) => void;

describe('PendingRemovals', () => {
  it.each<[string, readonly Change[], readonly string[] | undefined]>([
    ['is empty when nothing has changed', [], undefined],
    ['has a Node that has lost the group', [lost('n3'), lost('n1')], ['n1', 'n3']],
    ['has a Node only once', [lost('n1'), lost('n1')], ['n1']],
    [
      'does not have a Node that has removed it',
      [lost('n1'), lost('n3'), applied('n1', ['web'])],
      ['n3'],
    ],
    ['has a Node that has removed another group', [lost('n1'), applied('n1', ['db'])], ['n1']],
    [
      'does not have a Node that has the group again',
      [
        lost('n1'),
        (pending) => {
          pending.delete('web', 'n1');
        },
      ],
      undefined,
    ],
    [
      'does not have a Node that has left the cluster',
      [
        lost('n1'),
        lost('n2'),
        (pending) => {
          pending.deleteNode('n1');
        },
      ],
      ['n2'],
    ],
    [
      'is empty for an Egress that is gone, and that comes again',
      [
        lost('n1'),
        (pending) => {
          pending.deleteEgress('web');
        },
        applied('n1', []),
      ],
      undefined,
    ],
  ])('%s', (_, changes, expected) => {
    const pending = new PendingRemovals();
    pending.add('db', 'n1');
    for (const change of changes) {
      change(pending);
    }
    expect(pending.get('web')).toEqual(expected);
    for (const nodeName of ['n1', 'n2', 'n3']) {
      expect(pending.on(nodeName).has('web')).toBe(expected?.includes(nodeName) === true);
    }
  });
});

function lost(nodeName: string): Change {
  return (pending) => {
    pending.add('web', nodeName);
  };
}

function applied(nodeName: string, egresses: readonly string[]): Change {
  return (pending) => {
    pending.settle(nodeName, (egress) => egresses.includes(egress));
  };
}

import type { Condition } from './condition.ts';
import { setCondition } from './condition.ts';

const now = new Date('2026-01-02T03:04:05.678Z');
const before: Condition = {
  type: 'Realized',
  status: 'False',
  reason: 'Behind',
  message: 'Node n1 is behind',
  lastTransitionTime: '2025-01-01T00:00:00Z',
  observedGeneration: 1,
};
const other: Condition = { ...before, type: 'IPAssigned' };

describe('setCondition', () => {
  it('adds a new condition, with the current time in whole seconds', () => {
    const condition = {
      type: 'Realized',
      status: 'True',
      reason: 'Realized',
      message: 'all Nodes',
    } as const;
    expect(setCondition([other], condition, now)).toEqual([
      other,
      { ...condition, lastTransitionTime: '2026-01-02T03:04:05Z' },
    ]);
  });

  it('keeps the time while the status stays the same, even if other fields change', () => {
    const after = { ...before, message: 'Node n2 is behind', observedGeneration: 2 };
    expect(setCondition([before, other], after, now)).toEqual([after, other]);
  });

  it('takes the current time when the status changes', () => {
    expect(setCondition([before], { ...before, status: 'True' }, now)).toEqual([
      { ...before, status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' },
    ]);
  });

  it('returns the same array when nothing changes', () => {
    const conditions = [before];
    expect(setCondition(conditions, before, now)).toBe(conditions);
  });
});

import { RP_FILTER_LOOSE, RP_FILTER_STRICT } from './constants.ts';
import { diffRouting } from './diff-routing.ts';
import type { RoutingState } from './routing-state.ts';

const EMPTY: RoutingState = { rules: [], routes: [], sourceChecks: new Map() };

describe('diffRouting', () => {
  it.each([
    ['is strict', RP_FILTER_STRICT, [{ op: 'set-source-check', device: 'eth1', rpFilter: 2 }]],
    ['is loose', RP_FILTER_LOOSE, []],
    ['is off', 0, []],
    ['is not known, as the device is gone', undefined, []],
  ])('loosens only a strict check of sources: one that %s', (_, observed, expected) => {
    const { add } = diffRouting(
      { ...EMPTY, sourceChecks: new Map(observed === undefined ? [] : [['eth1', observed]]) },
      { ...EMPTY, sourceChecks: new Map([['eth1', RP_FILTER_LOOSE]]) },
    );
    expect(add).toEqual(expected);
  });
});

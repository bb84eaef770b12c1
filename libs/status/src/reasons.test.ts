import { readFile } from 'node:fs/promises';
import { egressConditionTypes } from '@sallyport/api';
import { SEVERAL_NODES } from '@sallyport/placement';
import type { Reason } from './reasons.ts';
import { reasons } from './reasons.ts';
import { conditionsPage } from './testing/conditions-page.ts';

const PAGE = new URL('../../../docs/reference/conditions.md', import.meta.url);

describe('the catalogue of reasons', () => {
  it('is the page docs/reference/conditions.md: node libs/status/write-conditions.mjs', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(conditionsPage());
  });

  it('has every type of condition', () => {
    expect(Object.keys(reasons)).toEqual(egressConditionTypes);
  });

  it('has the reason by which a restarted controller recognizes several Nodes', () => {
    expect(reasons.IPAssigned).toHaveProperty(SEVERAL_NODES);
  });

  it('has a remedy for each reason that needs one, in sentences', () => {
    for (const [type, ofType] of Object.entries(reasons)) {
      for (const [reason, entry] of Object.entries<Reason>(ofType)) {
        const isGood = entry.status === (type === 'Conflicted' ? 'False' : 'True');
        expect(`${reason} ${entry.remedy === undefined ? 'good' : 'remedy'}`).toBe(
          `${reason} ${isGood ? 'good' : 'remedy'}`,
        );
        for (const text of [entry.meaning, entry.remedy ?? 'None.']) {
          expect(text).toMatch(/^[A-Z].*\.$/);
        }
      }
    }
  });
});

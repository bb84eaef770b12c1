import { MAX_TUNNEL_ID } from '@sallyport/api';
import { sampleEgress as egress } from '@sallyport/kit';
import fc from 'fast-check';
import { tunnelIds } from './tunnel-ids.ts';

const egresses = fc
  .uniqueArray(fc.record({ name: fc.uuid(), createdAtMs: fc.nat(3) }), {
    selector: ({ name }) => name,
    maxLength: 30,
  })
  .map((items) => items.map(({ name, createdAtMs }) => egress(name, { createdAtMs })));

describe('tunnelIds', () => {
  it('are unique, between 1 and 2^24-1, and do not depend on the order of the input', () => {
    fc.assert(
      fc.property(egresses, fc.constantFrom(undefined, crowded), (all, hash) => {
        const ids = tunnelIds(all, hash);
        expect(new Set(ids.values()).size).toBe(all.length);
        for (const id of ids.values()) {
          expect(id).toBeGreaterThanOrEqual(1);
        }
        for (const id of ids.values()) {
          expect(id).toBeLessThanOrEqual(MAX_TUNNEL_ID);
        }
        expect(tunnelIds(all.toReversed(), hash)).toEqual(ids);
      }),
    );
  });

  it('do not change when other Egresses come and go, except those that share a hash', () => {
    fc.assert(
      fc.property(egresses, fc.nat(), (all, seed) => {
        const ids = tunnelIds(all);
        const some = tunnelIds(all.filter((_, index) => (index + seed) % 3 !== 0));
        for (const [name, id] of some) {
          expect(ids.get(name)).toBe(id);
        }
      }),
    );
  });

  it('keep the id of the older of two with the same hash', () => {
    const old = egress('z', { createdAtMs: 1 });
    const young = egress('a', { createdAtMs: 2 });
    const three = egress('three', { createdAtMs: 3 });
    const hash = (uid: string): number => (uid === 'uid-three' ? 1 : MAX_TUNNEL_ID);
    expect(tunnelIds([young, old, three], hash)).toEqual(
      new Map([
        ['z', MAX_TUNNEL_ID],
        ['three', 1],
        ['a', 2],
      ]),
    );
  });

  it('never change: agents of other versions have them in tunnel headers', () => {
    const uid = '0d3a4a1e-9f4b-4bd5-8f8e-7d0b6d3c2a11';
    expect(tunnelIds([egress('web', { uid })]).get('web')).toBe(9_982_490);
  });
});

/** Makes collisions common. */
function crowded(uid: string): number {
  return (uid.codePointAt(4) ?? 0) % 4 === 0 ? MAX_TUNNEL_ID : 1;
}

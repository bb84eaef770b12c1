import type { Egress } from '@sallyport/api';
import { MAX_TUNNEL_ID } from '@sallyport/api';
import { sampleEgress as egress } from '@sallyport/kit';
import fc from 'fast-check';
import { TunnelIds } from './tunnel-ids.ts';

const egresses = fc
  .uniqueArray(fc.record({ name: fc.uuid(), createdAtMs: fc.nat(3) }), {
    selector: ({ name }) => name,
    maxLength: 30,
  })
  .map((items) => items.map(({ name, createdAtMs }) => egress(name, { createdAtMs })));

describe('TunnelIds', () => {
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

  it('are the same after any changes as those of the last Egresses alone', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const change = fc.record({
      name,
      uid: fc.constantFrom('uid-1', 'uid-2', 'uid-4', 'uid-8'),
      createdAtMs: fc.nat(3),
      isGone: fc.boolean(),
      isSettled: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
        const ids = new TunnelIds(crowded);
        const last = new Map<string, Egress>();
        const seen = new Map<string, number>();
        const changed = new Set<string>();
        const look = (names: readonly string[]): void => {
          for (const each of names) {
            seen.set(each, ids.all.get(each)!);
          }
        };
        for (const { name: each, uid, createdAtMs, isGone, isSettled } of changes) {
          if (isGone) {
            last.delete(each);
            ids.delete(each);
            seen.delete(each);
          } else {
            last.set(each, egress(each, { uid, createdAtMs }));
            ids.set(last.get(each)!);
          }
          changed.add(each);
          if (isSettled) {
            look([...changed, ...ids.settle()].filter((one) => last.has(one)));
            changed.clear();
          }
        }
        look([...changed, ...ids.settle()].filter((one) => last.has(one)));
        expect(Object.fromEntries(ids.all)).toEqual(
          Object.fromEntries(tunnelIds([...last.values()], crowded)),
        );
        expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(ids.all));
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

function tunnelIds(
  egresses: readonly Egress[],
  hash?: (uid: string) => number,
): ReadonlyMap<string, number> {
  const ids = new TunnelIds(hash);
  for (const each of egresses) {
    ids.set(each);
  }
  ids.settle();
  return ids.all;
}

/** Makes collisions common. */
function crowded(uid: string): number {
  return (uid.codePointAt(4) ?? 0) % 4 === 0 ? MAX_TUNNEL_ID : 1;
}

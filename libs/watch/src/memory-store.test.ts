import fc from 'fast-check';
import type { MemoryStoreOptions, WatchStart } from './memory-store.ts';
import { MemoryStore } from './memory-store.ts';
import type { Watcher } from './store-watcher.ts';
import type { WatchEvent } from './watch-event.ts';
import { INITIAL_EVENTS_END } from './watch-event.ts';

interface Thing {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly value: number;
}

const fromState: WatchStart = { kind: 'state', markEnd: true };

describe('MemoryStore', () => {
  it('sends the whole state first, marks its end, then sends changes', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    const watcher = watchOf(store, fromState);
    expect(drain(watcher)).toEqual(['ADDED a=1@101', 'ADDED b=1@102', 'BOOKMARK @102 end']);
    store.publish('n1', [thing('b', 2), thing('c', 1)]);
    expect(drain(watcher)).toEqual(['MODIFIED b=2@103', 'ADDED c=1@104', 'DELETED a=1@105']);
  });

  it('marks the end of an empty state', () => {
    expect(drain(watchOf(storeOf(), fromState))).toEqual(['BOOKMARK @100 end']);
  });

  it('gives no new version to an object that is published again unchanged', () => {
    const store = storeOf();
    expect(store.publish('n1', [thing('a', 1)])).toBe(1);
    expect(store.publish('n1', [thing('a', 1)])).toBe(0);
    expect(store.version).toBe(101);
  });

  it('changes single objects of a partition, and leaves the others', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    const watcher = watchOf(store, fromState);
    drain(watcher);
    const update = (name: string, value?: number): number =>
      store.update('n1', [[name, value === undefined ? undefined : thing(name, value)]]);
    expect([update('a', 1), update('x'), update('a', 2), update('b'), update('c', 1)]).toEqual([
      0, 0, 1, 1, 1,
    ]);
    expect(drain(watcher)).toEqual(['MODIFIED a=2@103', 'DELETED b=1@104', 'ADDED c=1@105']);
    expect([update('a'), update('c')]).toEqual([1, 1]);
    expect(store.partitions()).toEqual([]);
  });

  it('removes objects after it has added and changed the others, whatever their order', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    const watcher = watchOf(store, fromState);
    drain(watcher);
    store.update('n1', [
      ['a', undefined],
      ['b', thing('b', 2)],
      ['c', thing('c', 1)],
    ]);
    expect(drain(watcher)).toEqual(['MODIFIED b=2@103', 'ADDED c=1@104', 'DELETED a=1@105']);
  });

  it('sends only the last state of an object that changed often', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 0)]);
    const watcher = watchOf(store, fromState);
    drain(watcher);
    for (let value = 1; value <= 1000; value += 1) {
      store.publish('n1', [thing('a', value)]);
    }
    expect(drain(watcher)).toEqual(['MODIFIED a=1000@1101']);
  });

  it('sends the deletion of an object that the client never received, so that it can report the version', () => {
    const store = storeOf();
    const watcher = watchOf(store, fromState);
    drain(watcher);
    store.publish('n1', [thing('a', 1)]);
    store.publish('n1', []);
    expect(store.changedAt('n1', 'a')).toBe(102);
    expect(drain(watcher)).toEqual(['DELETED a=1@102']);
    store.publish('n1', [thing('a', 2)]);
    store.publish('n1', []);
    store.publish('n1', [thing('a', 3)]);
    expect(drain(watcher)).toEqual(['ADDED a=3@105']);
  });

  it('keeps partitions apart', () => {
    const store = storeOf();
    const watcher = watchOf(store, fromState, 'n2');
    drain(watcher);
    store.publish('n1', [thing('a', 1)]);
    expect(drain(watcher)).toEqual([]);
    expect(store.list('n2')).toEqual({ resourceVersion: '101', items: [] });
    expect(watcher.bookmark()).toMatchObject({ object: { metadata: { resourceVersion: '101' } } });
  });

  it('resumes after a version, with deletions', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    store.publish('n1', [thing('b', 2), thing('c', 1)]);
    expect(drain(watchOf(store, { kind: 'version', version: 102 }))).toEqual([
      'MODIFIED b=2@103',
      'ADDED c=1@104',
      'DELETED a=1@105',
    ]);
  });

  it('sends a deletion to a client that resumes, even if the object was deleted and re-created meanwhile', () => {
    const store = storeOf();
    store.publish('n1', [thing('a', 1)]);
    const behind = watchOf(store, fromState);
    expect(drain(behind)).toEqual(['ADDED a=1@101', 'BOOKMARK @101 end']);
    store.publish('n1', []);
    store.publish('n1', [thing('a', 1)]);
    // At any such version the client still has the first a.
    const version = Number(behind.bookmark()?.object.metadata.resourceVersion);
    behind.close();
    store.publish('n1', []);
    expect(drain(watchOf(store, { kind: 'version', version }))).toEqual(['DELETED a=1@104']);
  });

  it('refuses to resume from a version whose later deletions were discarded, but not from later versions', () => {
    const store = storeOf({ deletionsKept: 1 });
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    store.publish('n1', []);
    expect(store.watch('n1', { kind: 'version', version: 102 }, () => undefined)).toBe('expired');
    expect(drain(watchOf(store, { kind: 'version', version: 103 }))).toEqual(['DELETED b=1@104']);
  });

  it('knows the version at which an object last changed or was deleted, and an upper bound once discarded', () => {
    const store = storeOf({ deletionsKept: 1 });
    store.publish('n1', [thing('a', 1), thing('b', 1)]);
    store.publish('n2', [thing('a', 1)]);
    expect(store.changedAt('n1', 'a')).toBe(101);
    store.publish('n1', [thing('b', 2)]);
    expect([store.changedAt('n1', 'a'), store.changedAt('n1', 'b')]).toEqual([105, 104]);
    expect([store.changedAt('n2', 'a'), store.changedAt('n2', 'c')]).toEqual([103, 100]);
    store.publish('n1', [thing('a', 2)]);
    expect([store.changedAt('n1', 'a'), store.changedAt('n1', 'b')]).toEqual([106, 107]);
    store.publish('n1', []);
    expect([store.changedAt('n1', 'a'), store.changedAt('n1', 'b')]).toEqual([108, 107]);
    store.publish('n2', []);
    expect([store.changedAt('n1', 'a'), store.changedAt('n2', 'a')]).toEqual([108, 109]);
  });

  it('keeps the upper bound for partitions whose discarded deletions are no longer recorded', () => {
    const store = storeOf({ deletionsKept: 0, partitionsKept: 1 });
    for (const partition of ['n1', 'n2', 'n3']) {
      store.publish(partition, [thing('a', 1)]);
      store.publish(partition, []);
    }
    expect(['n1', 'n2', 'n3', 'n4'].map((partition) => store.changedAt(partition, 'a'))).toEqual([
      104, 104, 106, 104,
    ]);
    store.publish('n2', [thing('a', 1)]);
    expect(store.changedAt('n2', 'a')).toBe(107);
  });

  it('records and sends only the chosen part of a deleted object', () => {
    const store = storeOf({ remnantOf: (object) => ({ ...object, value: 0 }) });
    store.publish('n1', [thing('a', 7)]);
    const watcher = watchOf(store, fromState);
    expect(drain(watcher)).toEqual(['ADDED a=7@101', 'BOOKMARK @101 end']);
    store.publish('n1', []);
    expect(drain(watcher)).toEqual(['DELETED a=0@102']);
    expect(drain(watchOf(store, { kind: 'version', version: 101 }))).toEqual(['DELETED a=0@102']);
  });

  it('records only the last deletion of an object that is deleted and re-created repeatedly', () => {
    const store = storeOf({ deletionsKept: 1 });
    store.publish('n1', [thing('a', 1)]);
    for (let round = 0; round < 10; round += 1) {
      store.publish('n1', []);
      store.publish('n1', [thing('a', 1)]);
    }
    expect(drain(watchOf(store, { kind: 'version', version: 101 }))).toEqual(['MODIFIED a=1@121']);
  });

  it.each([
    ['a predecessor', 99],
    ['the future', 101],
  ])('refuses to resume from a version of %s', (_, version) => {
    expect(storeOf().watch('n1', { kind: 'version', version }, () => undefined)).toBe('expired');
  });

  it('drops a watcher that is closed', () => {
    const store = storeOf();
    const watcher = watchOf(store, fromState);
    expect(store.watcherCount).toBe(1);
    watcher.close();
    watcher.close();
    expect(store.watcherCount).toBe(0);
  });
});

/**
 * A client like the reflector: a map, the last version that it received, and whether it may resume
 * from it.
 */
class Client {
  view = new Map<string, Thing>();
  version: number | undefined;
  /**
   * The version that an agent reports: that of the last event other than a mere bookmark.
   */
  reported = 0;
  initial: Map<string, Thing> | undefined;
  watcher: Watcher<Thing> | undefined;
  hasResumed = false;

  connect(store: MemoryStore<Thing>): void {
    this.watcher?.close();
    const resumed =
      this.version === undefined
        ? 'expired'
        : store.watch('n1', { kind: 'version', version: this.version }, () => undefined);
    this.hasResumed = resumed !== 'expired';
    this.initial = resumed === 'expired' ? new Map<string, Thing>() : undefined;
    this.watcher = resumed === 'expired' ? watchOf(store, fromState) : resumed;
  }

  /** Takes at most `count` events; false when there are no more. */
  take(count: number): boolean {
    for (let taken = 0; taken < count; taken += 1) {
      const event = this.watcher?.next();
      if (event === undefined) {
        return false;
      }
      this.apply(event);
    }
    return true;
  }

  apply(event: WatchEvent<Thing>): void {
    if (event.type === 'ERROR') {
      throw new Error('unexpected');
    }
    const version = Number(event.object.metadata.resourceVersion);
    if (event.type === 'BOOKMARK') {
      if (event.object.metadata.annotations !== undefined) {
        this.view = this.initial!;
        this.initial = undefined;
        this.reported = version;
      }
      this.version = version;
      return;
    }
    const target = this.initial ?? this.view;
    const { name } = event.object.metadata;
    if (this.initial === undefined) {
      expect(version).toBeGreaterThan(this.version!);
      // After a resume the store guesses the objects of the client. A wrong guess does no harm: a
      // deletion of an object that it never had, or an addition of one that it has.
      if (event.type === 'ADDED' && !this.hasResumed) {
        expect(target.has(name)).toBe(false);
      }
      this.version = version;
      this.reported = version;
    }
    if (event.type === 'DELETED') {
      target.delete(name);
    } else {
      target.set(name, event.object);
    }
  }
}

const names = ['a', 'b', 'c', 'd'];
const step = fc.oneof(
  fc.record({
    do: fc.constant('publish' as const),
    partition: fc.constantFrom('n1', 'n1', 'n2'),
    values: fc.array(fc.option(fc.integer({ min: 0, max: 2 })), { minLength: 4, maxLength: 4 }),
  }),
  fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ do: fc.constant('bookmark' as const) }),
  fc.record({ do: fc.constant('reconnect' as const) }),
);

describe('a client of a MemoryStore', () => {
  it('ends up with the objects of the store after any series of publications and reconnects', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.integer({ min: 0, max: 3 }),
        (steps, deletionsKept) => {
          const store = storeOf({ deletionsKept });
          const client = new Client();
          client.connect(store);
          for (const action of steps) {
            if (action.do === 'publish') {
              const objects = action.values.flatMap((value, index) =>
                value === null ? [] : [thing(names[index]!, value)],
              );
              store.publish(action.partition, objects);
            } else if (action.do === 'take') {
              client.take(action.count);
            } else if (action.do === 'reconnect') {
              client.connect(store);
            } else {
              const bookmark = client.watcher?.bookmark();
              if (bookmark !== undefined) {
                client.apply(bookmark);
              }
            }
          }
          let events = 0;
          while (client.take(1)) {
            events += 1;
          }
          // Coalesced: a history of any length is at most one event for each name and a bookmark. A
          // name that changed before the initial state was sent has a second one.
          expect(events).toBeLessThanOrEqual(2 * names.length + 1);
          const items = [...client.view.values()].sort((a, b) =>
            a.metadata.name < b.metadata.name ? -1 : 1,
          );
          expect(items).toEqual(store.list('n1').items);
          // Otherwise the controller would wait for its report for ever.
          for (const name of names) {
            expect(client.reported).toBeGreaterThanOrEqual(store.changedAt('n1', name));
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

function storeOf(options: Partial<MemoryStoreOptions<Thing>> = {}): MemoryStore<Thing> {
  return new MemoryStore<Thing>({ apiVersion: 'v1', kind: 'Thing', startVersion: 100, ...options });
}

function thing(name: string, value: number): { metadata: { name: string }; value: number } {
  return {
    metadata: { name },
    value,
  };
}

function watchOf(store: MemoryStore<Thing>, start: WatchStart, partition = 'n1'): Watcher<Thing> {
  const watcher = store.watch(partition, start, () => undefined);
  if (watcher === 'expired') {
    throw new Error('expired');
  }
  return watcher;
}

function drain(watcher: Watcher<Thing>): string[] {
  const events: string[] = [];
  for (let event = watcher.next(); event !== undefined; event = watcher.next()) {
    events.push(brief(event));
  }
  return events;
}

function brief(event: WatchEvent<Thing>): string {
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return `${event.type} ${event.object.metadata.name}=${event.object.value}@${event.object.metadata.resourceVersion}`;
    case 'BOOKMARK':
      return `BOOKMARK @${event.object.metadata.resourceVersion}${event.object.metadata.annotations?.[INITIAL_EVENTS_END] === 'true' ? ' end' : ''}`;
    case 'ERROR':
      return `ERROR ${event.object.code}`;
  }
}

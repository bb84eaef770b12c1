import type { KubeObject } from '../model/kube-object.ts';
import type { StoreEvent } from './store.ts';
import { Store } from './store.ts';

describe('Store', () => {
  it('gives every change a greater revision, over all resources', () => {
    const subject = store();
    expect(subject.put('/a', 'x', object('x')).metadata.resourceVersion).toBe('1001');
    expect(subject.put('/b', 'x', object('x')).metadata.resourceVersion).toBe('1002');
    expect(subject.remove('/a', 'x')?.metadata.resourceVersion).toBe('1003');
    expect(subject.remove('/a', 'x')).toBeUndefined();
    expect(subject.revision).toBe(1003);
  });

  it('lists in key order and by prefix', () => {
    const subject = store();
    for (const key of ['b/2', 'a/1', 'ab/3', 'b/1']) {
      subject.put('/a', key, object(key));
    }
    expect(names(subject.list('/a'))).toEqual(['a/1', 'ab/3', 'b/1', 'b/2']);
    expect(names(subject.list('/a', 'a/'))).toEqual(['a/1']);
  });

  it('replays the history to a late watcher, then goes on, until he leaves', () => {
    const subject = store();
    subject.put('/a', 'x', object('x', '1'));
    const after = subject.revision;
    subject.put('/a', 'x', object('x', '2'));
    subject.put('/b', 'y', object('y'));
    const seen: StoreEvent[] = [];
    const leave = subject.subscribe('/a', after, (event) => seen.push(event));
    subject.remove('/a', 'x');
    leave();
    subject.put('/a', 'z', object('z'));
    expect(
      seen.map(({ type, object: { data }, previous }) => [type, data, previous?.data]),
    ).toEqual([
      ['MODIFIED', '2', '1'],
      ['DELETED', '2', '2'],
    ]);
  });

  it('shows a list as it was', () => {
    const subject = store();
    subject.put('/a', 'kept', object('kept', '1'));
    subject.put('/a', 'removed', object('removed'));
    const then = subject.revision;
    subject.put('/a', 'kept', object('kept', '2'));
    subject.remove('/a', 'removed');
    subject.put('/a', 'added', object('added'));
    expect(names(subject.listAt('/a', '', then))).toEqual(['kept', 'removed']);
    expect(subject.listAt('/a', '', then)[0]?.data).toBe('1');
    expect(names(subject.list('/a'))).toEqual(['added', 'kept']);
  });

  it('drops old changes and says so with 410', () => {
    const subject = store(10);
    const first = subject.revision;
    for (let index = 0; index < 40; index++) {
      subject.put('/a', 'x', object('x', String(index)));
    }
    expect(() => subject.subscribe('/a', first, () => undefined)).toThrow(
      /too old resource version/,
    );
    expect(() => subject.listAt('/a', '', first)).toThrow(/too old resource version/);
    expect(() => subject.subscribe('/a', subject.revision - 5, () => undefined)).not.toThrow();
    subject.compact();
    expect(() => subject.subscribe('/a', subject.revision - 1, () => undefined)).toThrow(
      expect.objectContaining({ code: 410 }) as Error,
    );
    expect(() => subject.subscribe('/a', subject.revision, () => undefined)).not.toThrow();
  });
});

function store(historyLimit = 100): Store {
  return new Store({ firstRevision: 1000, historyLimit });
}

function object(name: string, data = ''): KubeObject {
  return { apiVersion: 'v1', kind: 'X', metadata: { name }, data };
}

function names(objects: readonly KubeObject[]): string[] {
  return objects.map(({ metadata }) => metadata.name);
}

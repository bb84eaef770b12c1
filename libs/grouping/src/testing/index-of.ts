import { GroupIndex } from '../group-index/group-index.ts';
import { podKey } from '../pod.ts';
import type { Cluster } from './resolve-egresses.ts';

/** An index that has followed the arrival of these objects. */
export function indexOf({ egresses, pods, namespaces }: Cluster): GroupIndex {
  const index = new GroupIndex();
  for (const after of namespaces) {
    index.apply({ kind: 'namespace', key: after.name, after });
  }
  for (const after of egresses) {
    index.apply({ kind: 'egress', key: after.name, after });
  }
  for (const after of pods) {
    index.apply({ kind: 'pod', key: podKey(after), after });
  }
  return index;
}

import type { JsonObject } from '../model/json.ts';
import { cloneJson, listAt, objectAt, omit, stringAt, textOf, valueAt } from '../model/json.ts';
import type { KubeObject } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';

interface Conflict {
  readonly reason: string;
  readonly name: string;
}

const NAMING = new Set(['NamesAccepted', 'Established']);

/**
 * The status of a definition: the names that no other definition of its group has, and whether it
 * is established, which needs all of them. `others` are the definitions stored before it.
 */
export function namingStatus(
  definition: KubeObject,
  others: readonly KubeObject[],
  now: Date,
): JsonObject {
  const names = objectAt(definition, 'spec', 'names') ?? {};
  const rivals = others.filter(
    (other) =>
      other.metadata.name !== definition.metadata.name &&
      stringAt(other, 'spec', 'group') === stringAt(definition, 'spec', 'group'),
  );
  const conflicts = conflictsOf(names, rivals);
  const last = conflicts.at(-1);
  const wasEstablished = isEstablished(definition);
  const before = objectAt(definition, 'status');
  const accepted =
    last === undefined
      ? names
      : withoutConflicts(names, new Set(conflicts.map(({ name }) => name)));
  const set = (type: string, status: boolean, reason: string, message: string): JsonObject => {
    const text = status ? 'True' : 'False';
    const same = listAt(before, 'conditions').find(
      (condition) => stringAt(condition, 'type') === type && valueAt(condition, 'status') === text,
    );
    const lastTransitionTime = stringAt(same, 'lastTransitionTime') ?? timestamp(now);
    return { type, status: text, lastTransitionTime, reason, message };
  };
  const kept = listAt(before, 'conditions').filter(
    (condition) => !NAMING.has(stringAt(condition, 'type') ?? ''),
  );
  return {
    ...before,
    acceptedNames: cloneJson(accepted),
    conditions: [
      last === undefined
        ? set('NamesAccepted', true, 'NoConflicts', 'no conflicts found')
        : set(
            'NamesAccepted',
            false,
            last.reason,
            `${JSON.stringify(last.name)} is already in use`,
          ),
      last === undefined || wasEstablished
        ? set('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')
        : set('Established', false, 'NotAccepted', 'not all names are accepted'),
      ...kept,
    ],
  };
}

/** Whether a definition's resource is served. */
export function isEstablished(definition: KubeObject): boolean {
  return listAt(definition, 'status', 'conditions').some(
    (condition) =>
      stringAt(condition, 'type') === 'Established' && stringAt(condition, 'status') === 'True',
  );
}

/** The conflicts in the order in which the API server looks for them; its message has the last. */
function conflictsOf(names: JsonObject, rivals: readonly KubeObject[]): Conflict[] {
  const accepted = rivals.map((rival) => objectAt(rival, 'status', 'acceptedNames') ?? {});
  const resources = new Set(
    accepted.flatMap((of) => [of.plural, of.singular, ...listAt(of, 'shortNames')]),
  );
  const kinds = new Set(accepted.flatMap((of) => [of.kind, of.listKind]));
  const wanted: readonly (readonly [string, string, ReadonlySet<unknown>])[] = [
    ['PluralConflict', stringAt(names, 'plural') ?? '', resources],
    ['SingularConflict', stringAt(names, 'singular') ?? '', resources],
    ...listAt(names, 'shortNames').map(
      (name) => ['ShortNamesConflict', textOf(name), resources] as const,
    ),
    ['KindConflict', stringAt(names, 'kind') ?? '', kinds],
    ['ListKindConflict', stringAt(names, 'listKind') ?? '', kinds],
  ];
  return wanted
    .filter(([, name, used]) => name !== '' && used.has(name))
    .map(([reason, name]) => ({ reason, name }));
}

function withoutConflicts(names: JsonObject, taken: ReadonlySet<string>): JsonObject {
  const kept = Object.entries(names).filter(([, name]) => !taken.has(textOf(name)));
  const shortNames = listAt(names, 'shortNames').filter((name) => !taken.has(textOf(name)));
  return {
    kind: '',
    plural: '',
    ...omit(Object.fromEntries(kept), 'shortNames'),
    ...(shortNames.length > 0 ? { shortNames } : {}),
  };
}

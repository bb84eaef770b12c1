import { goQuote } from '../model/go-quote.ts';
import type { JsonObject } from '../model/json.ts';
import { cloneJson, isObject, listAt, stringAt } from '../model/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../model/kube-object.ts';
import { timestamp } from '../model/kube-object.ts';
import type { Schema } from '../model/schema.ts';
import { StatusError } from '../model/status-error.ts';
import { compareLeaves, fieldLeaves } from './field-leaves.ts';
import type { FieldSet } from './field-set.ts';
import {
  common,
  coversBelow,
  parseFields,
  renderFields,
  renderPath,
  without,
} from './field-set.ts';
import { lastAppliedFields, updateLastApplied } from './last-applied.ts';
import { mergeApplied, removeField } from './merge-applied.ts';

/** The writer. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string | undefined;
}

interface Owner extends Manager {
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** The result of an apply, before defaulting and validation. */
export interface Applied {
  readonly object: JsonObject;
  readonly managedFields: ManagedFieldsEntry[];
}

interface Conflict {
  readonly owner: Owner;
  readonly fields: FieldSet;
}

/**
 * The entries after a create, update or patch: the writer owns the changed fields, and
 * nobody owns the removed ones.
 */
export function trackUpdate(
  schema: Schema,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Manager,
  now: Date,
): ManagedFieldsEntry[] {
  const changes = compareLeaves(
    before === undefined ? new Map() : fieldLeaves(schema, before),
    fieldLeaves(schema, after),
  );
  const given = ownersOf(after);
  // A write that sends no managedFields leaves them as they were; a list with one empty entry
  // resets them.
  const owners =
    given.length > 0 || listAt(after, 'metadata', 'managedFields').length > 0
      ? given
      : ownersOf(before);
  if (changes.written.size === 0 && changes.removed.size === 0) {
    return entriesOf(owners);
  }
  const kept = owners.map((owner) => ({
    ...owner,
    fields: without(without(owner.fields, changes.removed), changes.written),
  }));
  const own = owners.find((owner) => sameManager(owner, writer));
  const fields = new Set([
    ...without(own?.fields ?? new Set(), changes.removed),
    ...changes.written,
  ]);
  return entriesOf([
    ...kept.filter((owner) => !sameManager(owner, writer)),
    { ...writer, time: changes.written.size === 0 ? own?.time : timestamp(now), fields },
  ]);
}

/**
 * Server-side apply: merges the applied configuration into the live object, removes
 * fields that only this manager owned and no longer applies. Throws 409 when another manager owns a
 * field that would change, unless `force` takes it over.
 */
export function apply(
  schema: Schema,
  live: KubeObject | undefined,
  configuration: JsonObject,
  writer: Manager,
  force: boolean,
  now: Date,
): Applied {
  const owners = ownersOf(live);
  const applied = new Set(fieldLeaves(schema, configuration).keys());
  const merged = mergeApplied(
    schema,
    live === undefined ? undefined : cloneJson(live),
    configuration,
  ) as JsonObject;
  const before = live === undefined ? new Map<string, never>() : fieldLeaves(schema, live);
  const changed = common(compareLeaves(before, fieldLeaves(schema, merged)).written, applied);
  const others = owners.filter((owner) => !sameManager(owner, writer));
  const conflicts = others
    .map((owner) => ({ owner, fields: common(owner.fields, changed) }))
    .filter(({ fields }) => fields.size > 0);
  const allowed = lastAppliedFields(schema, live, writer.manager);
  const isAllowed = conflicts.every(({ fields }) => without(fields, allowed).size === 0);
  if (conflicts.length > 0 && !force && !isAllowed) {
    throw applyConflict(conflicts);
  }
  const kept = others.map((owner) => ({ ...owner, fields: without(owner.fields, changed) }));
  const own = owners.find((owner) => sameManager(owner, writer));
  const othersFields = new Set(kept.flatMap((owner) => [...owner.fields]));
  for (const path of without(own?.fields ?? new Set<string>(), applied)) {
    if (!coversBelow(othersFields, path) && !coversBelow(applied, path)) {
      removeField(schema, merged, path);
    }
  }
  updateLastApplied(merged, configuration, writer.manager);
  const unchanged =
    own?.fields.size === applied.size &&
    without(applied, own.fields).size === 0 &&
    changed.size === 0;
  const time = unchanged ? own.time : timestamp(now);
  return {
    object: merged,
    managedFields: entriesOf([...kept, { ...writer, time, fields: applied }]),
  };
}

/** Reads `metadata.managedFields`; entries that make no sense are left out. */
function ownersOf(object: KubeObject | undefined): Owner[] {
  return listAt(object, 'metadata', 'managedFields').flatMap((entry) => {
    const fields = isObject(entry) ? entry.fieldsV1 : undefined;
    const manager = stringAt(entry, 'manager');
    if (!isObject(fields) || manager === undefined) {
      return [];
    }
    return [
      {
        manager,
        operation: stringAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
        apiVersion: stringAt(entry, 'apiVersion') ?? '',
        subresource: stringAt(entry, 'subresource'),
        time: stringAt(entry, 'time'),
        fields: parseFields(fields),
      },
    ];
  });
}

function entriesOf(owners: readonly Owner[]): ManagedFieldsEntry[] {
  return owners
    .filter((owner) => owner.fields.size > 0)
    .map((owner) => ({
      manager: owner.manager,
      operation: owner.operation,
      apiVersion: owner.apiVersion,
      ...(owner.time === undefined ? {} : { time: owner.time }),
      fieldsType: 'FieldsV1',
      fieldsV1: renderFields(owner.fields),
      ...(owner.subresource === undefined ? {} : { subresource: owner.subresource }),
    }));
}

function sameManager(left: Manager, right: Manager): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.subresource === right.subresource &&
    (left.operation === 'Apply' || left.apiVersion === right.apiVersion)
  );
}

function applyConflict(conflicts: readonly Conflict[]): StatusError {
  const causes = conflicts.flatMap(({ owner, fields }) =>
    [...fields].sort().map((field) => ({ who: describe(owner), field: renderPath(field) })),
  );
  const lines = new Map<string, string[]>();
  for (const { who, field } of causes) {
    lines.set(who, [...(lines.get(who) ?? []), field]);
  }
  const parts = [...lines].map(([who, fields]) =>
    fields.length === 1
      ? `conflict with ${who}: ${fields[0] ?? ''}`
      : `conflicts with ${who}:\n${fields.map((field) => `- ${field}`).join('\n')}`,
  );
  const count = `${String(causes.length)} conflict${causes.length === 1 ? '' : 's'}`;
  return new StatusError(409, 'Conflict', `Apply failed with ${count}: ${parts.join('\n')}`, {
    causes: causes.map(({ who, field }) => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${who}`,
      field,
    })),
  });
}

function describe(owner: Owner): string {
  const name = `${goQuote(owner.manager)}${owner.subresource === undefined ? '' : ` with subresource ${goQuote(owner.subresource)}`}`;
  return owner.operation === 'Update' ? `${name} using ${owner.apiVersion}` : name;
}

import type { Static, TObject, TSchema } from 'typebox';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { brief, propertiesOf, renderFault } from '../fault.ts';
import { mismatchesIn } from './mismatch.ts';
import { CONTROLPLANE_GROUP_VERSION } from './protocol.ts';

/** The name of a value and a remedy, for messages about it. */
export interface Subject {
  /** `EgressGroup web`. */
  readonly object: string;
  /** A sentence. */
  readonly remedy: string;
}

/** The reader of the message may have an agent that has stopped following the controller. */
const REMEDY =
  'Run the agent and the controller in one version, and check that --controller-url of the agent leads to that controller.';

/**
 * A parser for objects of this API: see {@link parserFor}. An object of another kind or version is
 * refused as a whole.
 */
export function objectParserFor<S extends TObject>(schema: S): (raw: unknown) => Static<S> {
  const kind = kindOf(schema);
  return parserFor(schema, (raw) => {
    const object = propertiesOf(raw);
    const name = propertiesOf(object?.metadata)?.name;
    if (
      object?.kind !== kind ||
      object.apiVersion !== CONTROLPLANE_GROUP_VERSION ||
      typeof name !== 'string'
    ) {
      throw new Error(
        `expected an object of kind ${kind} and version ${CONTROLPLANE_GROUP_VERSION} with a name, got ${brief(raw)}. ${REMEDY}`,
      );
    }
    return { object: `${kind} ${name}`, remedy: REMEDY };
  });
}

/**
 * A function that returns its argument when `schema` accepts it. Else it throws an Error that names
 * the object, the first field that is wrong, its value, the expectation and the remedy. Fields that
 * the schema does not have are accepted, since a newer peer may send them.
 *
 * @param subjectOf called with a value that was refused
 */
export function parserFor<S extends TSchema>(
  schema: S,
  subjectOf: (raw: unknown) => Subject,
): (raw: unknown) => Static<S> {
  const validator = Compile(schema as TSchema);
  return (raw) => {
    if (!validator.Check(raw)) {
      const { object, remedy } = subjectOf(raw);
      const [mismatch = { field: '', value: raw, expected: 'another value' }] = mismatchesIn(
        schema,
        raw,
      );
      throw new Error(renderFault({ object, ...mismatch, remedy }));
    }
    return raw as Static<S>;
  };
}

function kindOf({ properties: { kind } }: TObject): string {
  if (kind !== undefined && Type.IsLiteral(kind)) {
    return String(kind.const);
  }
  throw new Error('a schema without a kind');
}

import type { Environment } from '@marcbachmann/cel-js';
import type { Schema } from '../model/schema.ts';
import { kubernetesEnvironment } from './environment.ts';

/** Formats of strings that CEL reads as another type; the stand-in leaves those untyped. */
const UNTYPED_FORMATS = new Set(['byte', 'date', 'date-time', 'duration']);

/** Words that CEL reserves (k8s.io/apiserver, pkg/cel/escaping.go). */
const RESERVED = new Set(
  (
    'true false null in as break const continue else for function if import let loop package ' +
    'namespace return var void while'
  ).split(' '),
);

/** A field's name in CEL, where `-`, `.`, `/`, `__` and reserved words are escaped. */
export function celName(field: string): string {
  if (RESERVED.has(field)) {
    return `__${field}__`;
  }
  return field
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/**
 * An environment in which `self` and `oldSelf` have the type of a structural schema. So a rule's
 * fields and operators are checked before any object exists. `oldSelf` is untyped for rules
 * with `optionalOldSelf`.
 */
export function typedEnvironment(schema: Schema, optionalOldSelf: boolean): Environment {
  const environment = kubernetesEnvironment();
  const self = new TypeNames(environment).typeOf(schema);
  return environment
    .registerVariable('self', self)
    .registerVariable('oldSelf', optionalOldSelf ? 'dyn' : self);
}

/** Declares one CEL type for each object schema. */
class TypeNames {
  readonly #environment: Environment;
  #count = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  typeOf(schema: Schema): string {
    if (schema['x-kubernetes-int-or-string'] === true) {
      return 'dyn';
    }
    switch (schema.type) {
      case 'object':
        return typeof schema.additionalProperties === 'object'
          ? `map<string, ${this.typeOf(schema.additionalProperties)}>`
          : this.#objectType(schema);
      case 'array':
        return `list<${this.typeOf(schema.items ?? {})}>`;
      case 'string':
        return UNTYPED_FORMATS.has(schema.format ?? '') ? 'dyn' : 'string';
      case 'integer':
        return 'int';
      case 'number':
        return 'double';
      case 'boolean':
        return 'bool';
      case undefined:
      default:
        return 'dyn';
    }
  }

  #objectType(schema: Schema): string {
    const fields = Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, property]) => [
        celName(name),
        this.typeOf(property),
      ]),
    );
    this.#count += 1;
    const name = `Object${String(this.#count)}`;
    this.#environment
      .registerType(name, { fields })
      // Only the signature counts: a typed environment evaluates nothing.
      .registerOperator(`${name} == ${name}`, () => true);
    return name;
  }
}

import type { ASTNode, BinaryOperator } from '@marcbachmann/cel-js';
import type { Schema } from '../model/schema.ts';
import { memberSchema } from '../model/schema.ts';
import { celName } from './schema-types.ts';
import { maxSize } from './sizes.ts';

/** The API server's estimate of a rule, made before it stores the rule. */
export interface RuleEstimate {
  /** The worst cost of one evaluation. */
  readonly cost: number;
  /** The first field in a `has()` that the schema does not know. */
  readonly undefinedField: string | undefined;
}

/** The facts about a value that are known before evaluation. */
interface Shape {
  /** Undefined for computed and untyped values. */
  readonly schema: Schema | undefined;
  /** The largest number of characters, items or entries; 1 for scalars. */
  readonly size: number;
  readonly item?: Shape;
}

interface Estimate {
  readonly cost: number;
  readonly shape: Shape;
}

type Scope = ReadonlyMap<string, Shape>;

/** Cost factors of cel-go (checker/cost.go, common/cost.go). */
const TRAVERSAL = 0.1;
const PATTERN = 0.25;
const CREATE_LIST = 10;
const CREATE_MAP = 30;

/** The cost of one step of a macro, beside its expression. */
const MACRO_STEP: Readonly<Record<string, number>> = {
  all: 3,
  exists: 4,
  exists_one: 2,
  existsOne: 2,
  filter: CREATE_LIST + 3,
  map: CREATE_LIST + 2,
};

/** Functions that read the whole of their text. */
const TRAVERSING = new Set(['isIP', 'ip', 'isCIDR', 'cidr', 'startsWith', 'endsWith', 'split']);

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const BINARY: ReadonlySet<string> = new Set([
  ...COMPARISONS,
  ...['||', '&&', 'in', '+', '-', '*', '/', '%', '[]', '[?]'],
]);

type BinaryNode = Extract<ASTNode, { readonly op: BinaryOperator | '||' | '&&' | '[]' | '[?]' }>;

const SCALAR: Shape = { schema: undefined, size: 1 };

/**
 * Estimates a rule's worst cost as cel-go does. Each step costs 1, and reading a text costs a tenth
 * of its largest length. A macro costs its expression for each item that the schema allows.
 */
export function estimateRule(ast: ASTNode, schema: Schema): RuleEstimate {
  const estimator = new Estimator();
  const self = shapeOf(schema);
  const { cost } = estimator.estimate(
    ast,
    new Map([
      ['self', self],
      ['oldSelf', self],
    ]),
  );
  return { cost: Math.ceil(cost), undefinedField: estimator.undefinedField };
}

class Estimator {
  undefinedField: string | undefined;

  estimate(node: ASTNode, scope: Scope): Estimate {
    if (isBinary(node)) {
      return this.#binary(node.op, node.args, scope);
    }
    switch (node.op) {
      case 'value':
        return { cost: 0, shape: literal(node.args) };
      case 'id':
        return { cost: 1, shape: scope.get(node.args) ?? SCALAR };
      case '.':
      case '.?':
        return this.#select(node.args[0], node.args[1], scope);
      case 'call':
        return this.#call(node.args[0], undefined, node.args[1], scope);
      case 'rcall':
        return this.#call(node.args[0], node.args[1], node.args[2], scope);
      case '!_':
      case '-_':
        return { cost: this.estimate(node.args, scope).cost + 1, shape: SCALAR };
      case 'list':
        return this.#list(node.args, scope);
      case 'map': {
        const inner = node.args.flat().map((entry) => this.estimate(entry, scope));
        const shape = { schema: undefined, size: node.args.length };
        return { cost: sum(inner) + CREATE_MAP, shape };
      }
      case '?:':
        return this.#choice(node.args, scope);
    }
  }

  #list(args: readonly ASTNode[], scope: Scope): Estimate {
    const items = args.map((item) => this.estimate(item, scope));
    const item = items[0]?.shape ?? SCALAR;
    const shape = { schema: undefined, size: items.length, item };
    return { cost: sum(items) + CREATE_LIST, shape };
  }

  #choice(args: readonly ASTNode[], scope: Scope): Estimate {
    const [test, yes, no] = args.map((inner) => this.estimate(inner, scope));
    return {
      cost: sum([test]) + Math.max(yes?.cost ?? 0, no?.cost ?? 0),
      shape: larger(yes?.shape ?? SCALAR, no?.shape ?? SCALAR),
    };
  }

  #select(operand: ASTNode, field: string, scope: Scope): Estimate {
    const of = this.estimate(operand, scope);
    return { cost: of.cost + 1, shape: shapeOfMember(of.shape.schema, field) ?? SCALAR };
  }

  #binary(op: string, args: readonly ASTNode[], scope: Scope): Estimate {
    const [left, right] = args.map((inner) => this.estimate(inner, scope));
    const [one, two] = [left?.shape ?? SCALAR, right?.shape ?? SCALAR];
    return {
      cost: sum([left, right]) + operatorCost(op, one, two),
      shape: resultOfOperator(op, one, two),
    };
  }

  #call(
    name: string,
    receiver: ASTNode | undefined,
    args: readonly ASTNode[],
    scope: Scope,
  ): Estimate {
    if (name === 'has' && receiver === undefined) {
      return this.#has(args[0], scope);
    }
    const step = MACRO_STEP[name];
    if (step !== undefined && receiver !== undefined) {
      return this.#macro(step, receiver, args, scope);
    }
    const of = [...(receiver === undefined ? [] : [receiver]), ...args].map((inner) =>
      this.estimate(inner, scope),
    );
    return { cost: sum(of) + callCost(name, of), shape: resultOf(name, of) };
  }

  #has(test: ASTNode | undefined, scope: Scope): Estimate {
    if (test?.op !== '.') {
      return { cost: 1, shape: SCALAR };
    }
    const [operand, field] = test.args;
    const of = this.estimate(operand, scope);
    const known = of.shape.schema === undefined || shapeOfMember(of.shape.schema, field);
    if (known === undefined) {
      this.undefinedField ??= field;
    }
    return { cost: of.cost + 1, shape: SCALAR };
  }

  /** `list.all(item, expression)`: the expression once for each item that there can be. */
  #macro(
    step: number,
    receiver: ASTNode,
    [variable, ...expressions]: readonly ASTNode[],
    scope: Scope,
  ): Estimate {
    const range = this.estimate(receiver, scope);
    const name = variable?.op === 'id' ? variable.args : '';
    // Over a map, the variable is a key.
    const isMap = range.shape.schema?.type === 'object';
    const inner = new Map([...scope, [name, isMap ? SCALAR : itemOf(range.shape)]]);
    const bodies = expressions.map((expression) => this.estimate(expression, inner));
    return {
      cost: range.cost + range.shape.size * (sum(bodies) + step) + 1,
      shape: { schema: undefined, size: range.shape.size, item: bodies.at(-1)?.shape ?? SCALAR },
    };
  }
}

function isBinary(node: ASTNode): node is BinaryNode {
  return BINARY.has(node.op);
}

function operatorCost(op: string, one: Shape, two: Shape): number {
  if (op === '||' || op === '&&') {
    return 0;
  }
  if (op === 'in') {
    return two.size;
  }
  if (op === '+') {
    return Math.max(1, (one.size + two.size) * TRAVERSAL);
  }
  return COMPARISONS.has(op) ? Math.max(1, Math.min(one.size, two.size) * TRAVERSAL) : 1;
}

function resultOfOperator(op: string, one: Shape, two: Shape): Shape {
  if (op === '[]' || op === '[?]') {
    return itemOf(one);
  }
  return op === '+' ? { ...larger(one, two), size: one.size + two.size } : SCALAR;
}

function shapeOf(schema: Schema): Shape {
  return { schema, size: Math.max(1, maxSize(schema)) };
}

/** The shape of an object's field or a map's entry; undefined when the schema has no such field. */
function shapeOfMember(schema: Schema | undefined, field: string): Shape | undefined {
  if (schema === undefined) {
    return undefined;
  }
  const name = Object.keys(schema.properties ?? {}).find((key) => celName(key) === field) ?? field;
  const member = memberSchema(schema, name);
  return member === undefined ? undefined : shapeOf(member);
}

function itemOf(shape: Shape): Shape {
  const { schema, item } = shape;
  const inner = schema?.items ?? schema?.additionalProperties;
  return item ?? (typeof inner === 'object' ? shapeOf(inner) : SCALAR);
}

function literal(value: unknown): Shape {
  return typeof value === 'string' ? { schema: undefined, size: value.length } : SCALAR;
}

function larger(one: Shape, two: Shape): Shape {
  return one.size >= two.size ? one : two;
}

function sum(estimates: readonly (Estimate | undefined)[]): number {
  return estimates.reduce((total, estimate) => total + (estimate?.cost ?? 0), 0);
}

function callCost(name: string, [of, argument]: readonly Estimate[]): number {
  const size = of?.shape.size ?? 1;
  const other = argument?.shape.size ?? 1;
  if (name === 'matches') {
    return Math.max(1, (size + 1) * TRAVERSAL * other * PATTERN);
  }
  if (name === 'contains') {
    return Math.max(1, size * TRAVERSAL * other * TRAVERSAL);
  }
  if (name === 'join') {
    return Math.max(1, size * itemOf(of?.shape ?? SCALAR).size * TRAVERSAL);
  }
  return TRAVERSING.has(name) ? Math.max(1, size * TRAVERSAL) : 1;
}

function resultOf(name: string, [of]: readonly Estimate[]): Shape {
  const shape = of?.shape ?? SCALAR;
  switch (name) {
    case 'join':
      return { schema: undefined, size: shape.size * itemOf(shape).size };
    case 'split':
      return { ...shape, item: shape };
    case 'string':
    case 'dyn':
    case 'cidr':
    case 'ip':
      return shape;
    default:
      return SCALAR;
  }
}

import type { Json } from '../model/json.ts';
import { isObject, textOf } from '../model/json.ts';

type Step = (values: readonly Json[]) => Json[];

const STEP =
  /\.?\['((?:[^'\\]|\\.)*)'\]|\.?\[(-?\d+)\]|\.?\[\*\]|\.\*|\[\?\(\s*@((?:\.[A-Za-z0-9_-]+)+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|([^)\s]+))\s*\)\]|\.((?:[^.[\]\\]|\\.)+)/y;

/**
 * Compiles the JSONPath of a printer column: members (`.spec.x`, `['a.b']`, `a\.b`), positions,
 * `[*]` and equality filters (`[?(@.type=="Ready")]`). Returns the function that finds every match.
 * Throws on anything else.
 */
export function compileJsonPath(text: string): (value: Json) => Json[] {
  const path = text
    .trim()
    .replace(/^\{|\}$/g, '')
    .replace(/^\$/, '');
  const source = path.startsWith('.') || path.startsWith('[') ? path : `.${path}`;
  const steps: Step[] = [];
  // A copy: filters compile paths of their own meanwhile.
  const step = new RegExp(STEP);
  while (step.lastIndex < source.length) {
    const from = step.lastIndex;
    const match = step.exec(source);
    if (match === null) {
      throw new Error(
        `JSONPath ${JSON.stringify(text)}: cannot read ${JSON.stringify(source.slice(from))}`,
      );
    }
    steps.push(stepOf(match));
  }
  return (value) => steps.reduce<Json[]>((values, step) => step(values), [value]);
}

function stepOf(match: RegExpExecArray): Step {
  const [all, quoted, index, filterPath, operator, double, single, bare, member] = match;
  if (index !== undefined) {
    return (values) =>
      values.flatMap((value) =>
        Array.isArray(value) ? value.slice(Number(index)).slice(0, 1) : [],
      );
  }
  if (all.endsWith('*]') || all === '.*') {
    return (values) => values.flatMap(childrenOf);
  }
  if (filterPath !== undefined) {
    const find = compileJsonPath(filterPath);
    const wanted = double ?? single ?? bare ?? '';
    return (values) =>
      values.flatMap(childrenOf).filter((item) => {
        const equal = find(item).some((found) => textOf(found) === wanted);
        return operator === '==' ? equal : !equal;
      });
  }
  const name = (quoted ?? member ?? '').replace(/\\(.)/g, '$1');
  return (values) =>
    values.flatMap((value) => {
      const found = isObject(value) ? value[name] : undefined;
      return found === undefined ? [] : [found];
    });
}

function childrenOf(value: Json): Json[] {
  if (Array.isArray(value)) {
    return value;
  }
  if (!isObject(value)) {
    return [];
  }
  return Object.values(value).filter((member) => member !== undefined);
}

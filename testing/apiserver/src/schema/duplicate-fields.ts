import { joinPath } from '../model/schema.ts';

interface Frame {
  readonly path: string;
  readonly keys: Set<string> | undefined;
  index: number;
  member: string;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

/**
 * The paths of members that a JSON text has twice in one object, in order. The text must be valid
 * JSON.
 */
export function duplicateFields(text: string): string[] {
  const found: string[] = [];
  const stack: Frame[] = [];
  let previous = '';
  const pathOfValue = (frame: Frame | undefined): string => {
    if (frame === undefined) {
      return '';
    }
    return joinPath(frame.path, frame.keys === undefined ? frame.index : frame.member);
  };
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = stack.at(-1);
    if (token === '{' || token === '[') {
      stack.push({
        path: pathOfValue(frame),
        keys: token === '{' ? new Set() : undefined,
        index: 0,
        member: '',
      });
    } else if (token === '}' || token === ']') {
      stack.pop();
    } else if (token === ',' && frame !== undefined) {
      frame.index++;
    } else if (
      token.startsWith('"') &&
      frame?.keys !== undefined &&
      (previous === '{' || previous === ',')
    ) {
      frame.member = String(JSON.parse(token));
      if (frame.keys.has(frame.member)) {
        found.push(joinPath(frame.path, frame.member));
      }
      frame.keys.add(frame.member);
    }
    previous = token;
  }
  return found;
}

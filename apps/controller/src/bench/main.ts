/**
 * `npm run bench:controller -- --pods N --namespaces N --egresses N --nodes N [--json]`: the
 * computation of the controller on a cluster that is made by rule, see `measure`. `--json` prints
 * one line of JSON.
 */
import { parseArgs } from 'node:util';
import type { Figures } from './measure.ts';
import { measure } from './measure.ts';
import { rounded } from './quantiles.ts';
import type { Size } from './workload.ts';

const options = {
  pods: { type: 'string', default: '100000' },
  namespaces: { type: 'string', default: '10000' },
  egresses: { type: 'string', default: '5000' },
  nodes: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
} as const;

const { values } = parseArgs({ options });
const size = sizeFrom(values);
if (size === undefined) {
  console.error('usage: --pods --namespaces --egresses --nodes: numbers from 1, Egresses by fives');
  process.exitCode = 2;
} else {
  print(measure(size), values.json);
}

function sizeFrom(texts: Readonly<Record<keyof Size, string>>): Size | undefined {
  const [pods, namespaces, egresses, nodes] = [
    Number(texts.pods),
    Number(texts.namespaces),
    Number(texts.egresses),
    Number(texts.nodes),
  ];
  const areNumbers = [pods, namespaces, egresses, nodes].every(
    (number) => Number.isSafeInteger(number) && number > 0,
  );
  return areNumbers && egresses % 5 === 0 ? { pods, namespaces, egresses, nodes } : undefined;
}

function print(figures: Figures, asJson: boolean): void {
  const shown = Object.entries(figures).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'number' ? rounded(value) : value,
  ]);
  if (asJson) {
    console.log(JSON.stringify({ bench: 'controller', ...Object.fromEntries(shown) }));
    return;
  }
  for (const [name, value] of shown) {
    console.log(`${String(name).padEnd(20)}${JSON.stringify(value)}`);
  }
}

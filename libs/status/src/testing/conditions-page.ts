import type { Reason } from '../reasons.ts';
import { reasons } from '../reasons.ts';

const HEAD = `# Conditions of an Egress

Generated from \`libs/status/src/reasons.ts\` by \`node libs/status/write-conditions.mjs\`: change it
there.

\`kubectl describe egress <name>\` shows the conditions and the Events. A condition has a status, a
reason from the tables below, and a message with the names and addresses of the case. An Egress
works as specified if \`Ready\` is True. Events have the reason of the condition that changed: type
Normal for a good verdict, Warning otherwise. \`Realized\` has no Events, since it follows every Pod
that comes or goes.
`;

const SUMMARIES = `## Ready

Whether the selected Pods leave with the egress IP. It repeats the first of \`IPAllocated\`,
\`IPAssigned\` and \`Realized\` that is not True, with its reason and message. If all three are True, it
repeats \`Realized\`. \`helm install --wait\`, Flux and Argo CD wait for it, and for
\`status.observedGeneration\`.

## Stalled

True when waiting does not help, since only a change of the Egress does. Reason and message are
those of \`Ready\` then. Otherwise it is False, with the reason \`NotStalled\`.
`;

const meanings: Readonly<Record<keyof typeof reasons, string>> = {
  IPAllocated: 'Whether the Egress has an egress IP.',
  IPAssigned: 'Whether exactly one Node has the egress IP on an interface.',
  Realized: 'Whether all Nodes concerned have applied the Egress.',
  Conflicted:
    'Whether another Egress overrides this one on some of its selected Pods. Good: False.',
};

/** docs/reference/conditions.md, as prettier formats it. */
export function conditionsPage(): string {
  const sections = Object.entries(reasons).map(
    ([type, ofType]) =>
      `## ${type}\n\n${meanings[type as keyof typeof reasons]}\n\n${tableOf(ofType)}\n`,
  );
  return [HEAD, ...sections, SUMMARIES].join('\n');
}

function tableOf(ofType: Readonly<Record<string, Reason>>): string {
  const rows = [
    ['reason', 'status', 'meaning', 'remedy'],
    ...Object.entries(ofType).map(([reason, { status, meaning, remedy = '' }]) => [
      `\`${reason}\``,
      status,
      meaning,
      remedy,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

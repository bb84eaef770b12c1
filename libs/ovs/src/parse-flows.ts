import type { Flow } from './ovs-state.ts';

/**
 * A flow without statistics: ` cookie=0x1, table=2, priority=200,ip actions=drop`; table 0 and the
 * default priority are left out.
 */
const FLOW =
  /^ cookie=0x[0-9a-f]+, (?:table=(?<table>\d+), )?(?:(?<match>\S*) )?actions=(?<actions>\S+)$/;
const DEFAULT_PRIORITY = 32_768;

/**
 * The flows of `ovs-ofctl --no-names --no-stats dump-flows`, in the order printed. Throws on a line
 * that it cannot read.
 */
export function parseFlows(stdout: string): readonly Flow[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith(' '))
    .map(flowFor);
}

function flowFor(line: string): Flow {
  const { table = '0', match = '', actions = '' } = FLOW.exec(line)?.groups ?? {};
  if (actions === '') {
    throw new Error(`ovs-ofctl dump-flows: cannot read the flow ${JSON.stringify(line)}`);
  }
  const fields = match.split(',').filter((field) => field !== '');
  const priority = fields.find((field) => field.startsWith('priority='));
  return {
    table: Number(table),
    priority:
      priority === undefined ? DEFAULT_PRIORITY : Number(priority.slice('priority='.length)),
    match: fields.filter((field) => field !== priority).join(','),
    actions,
  };
}

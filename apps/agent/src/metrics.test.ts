import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderMetrics } from '@sallyport/program';
import { agentMetrics } from './metrics.ts';

it('docs/reference/metrics.md has the metrics of the agent', () => {
  const page = join(import.meta.dirname, '../../../docs/reference/metrics.md');
  expect(readFileSync(page, 'utf8')).toContain(renderMetrics(agentMetrics));
});

import { renderTable } from '@sallyport/config';
import type { MetricCatalogue } from './create-metrics.ts';

/** The documentation of the metrics: a Markdown table, its columns aligned. */
export function renderMetrics(catalogue: MetricCatalogue): string {
  return renderTable([
    ['metric', 'type', 'labels', 'meaning'],
    ...Object.values(catalogue).map(({ name, kind, labels, meaning }) => [
      `\`${name}\``,
      kind,
      labels.map((label) => `\`${label}\``).join(', '),
      meaning,
    ]),
  ]);
}

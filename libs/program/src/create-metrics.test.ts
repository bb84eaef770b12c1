import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMetrics, programMetrics } from './create-metrics.ts';
import { renderMetrics } from './render-metrics.ts';

const catalogue = {
  passes: { kind: 'counter', name: 'passes_total', labels: ['result'], meaning: 'Passes.' },
  inSync: { kind: 'gauge', name: 'in_sync', labels: [], meaning: 'In sync.' },
  objects: { kind: 'gauge', name: 'objects', labels: ['resource'], meaning: 'Objects.' },
  seconds: {
    kind: 'histogram',
    name: 'pass_seconds',
    labels: [],
    meaning: 'Time.',
    buckets: [1, 5],
  },
} as const;

describe('createMetrics', () => {
  it('has the metrics of the catalogue, counted, set or read at each scrape', async () => {
    let resource = 'pods';
    const metrics = createMetrics(catalogue, {
      objects: () => [{ labels: { resource }, value: 3 }],
    });
    metrics.passes.inc({ result: 'ok' });
    metrics.inSync.set(1);
    metrics.seconds.observe(2);
    const text = await metrics.registry.metrics();
    expect(text).toContain('# HELP passes_total Passes.\n# TYPE passes_total counter');
    expect(text).toContain('passes_total{result="ok"} 1\n');
    expect(text).toContain('in_sync 1\n');
    expect(text).toContain('objects{resource="pods"} 3\n');
    expect(text).toContain('pass_seconds_bucket{le="5"} 1\n');
    resource = 'nodes';
    expect(await metrics.registry.metrics()).not.toContain('objects{resource="pods"}');
  });

  it('has those of the process and the build information', async () => {
    const text = await createMetrics({}).registry.metrics();
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain(
      `sallyport_build_info{version="unbundled",revision="unbundled",node_version="${process.version}"} 1\n`,
    );
  });
});

it('docs/reference/metrics.md has the metrics that each program has', () => {
  const page = join(import.meta.dirname, '../../../docs/reference/metrics.md');
  expect(readFileSync(page, 'utf8')).toContain(renderMetrics(programMetrics));
});

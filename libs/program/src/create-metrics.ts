import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { buildInfo } from './build-info.ts';

/** One metric, as the documentation and the registry need it. */
interface MetricDefinition {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly name: string;
  readonly labels: readonly string[];
  /** One sentence: the `# HELP` text and the documentation. */
  readonly meaning: string;
  /** Upper bounds of a histogram's buckets, in the unit of its name. */
  readonly buckets?: readonly number[];
}

/** The metrics of a program, by their name in code. */
export type MetricCatalogue = Readonly<Record<string, MetricDefinition>>;

/** The registry of a program and each metric of its catalogue. */
export type Metrics<Catalogue extends MetricCatalogue> = {
  readonly registry: Registry;
} & { readonly [Name in keyof Catalogue]: MetricOf<Catalogue[Name]> };

type MetricOf<Definition extends MetricDefinition> = {
  counter: Counter<Definition['labels'][number]>;
  gauge: Gauge<Definition['labels'][number]>;
  histogram: Histogram<Definition['labels'][number]>;
}[Definition['kind']];

/** One value of a gauge that is read at each scrape. */
interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
}

/** Read gauges at each scrape, where the value is there to be read; the rest is set or counted. */
type Collectors<Catalogue extends MetricCatalogue> = {
  readonly [Name in keyof Catalogue]?: Catalogue[Name]['kind'] extends 'gauge'
    ? () => readonly Sample<Catalogue[Name]['labels'][number]>[]
    : never;
};

/** The metrics that each program has, besides `process_*` and `nodejs_*`. */
export const programMetrics = {
  buildInfo: {
    kind: 'gauge',
    name: 'sallyport_build_info',
    labels: ['version', 'revision', 'node_version'],
    meaning: 'Always 1; the labels name the build.',
  },
} as const satisfies MetricCatalogue;

/**
 * A registry with the metrics of the catalogue, those of the process, and the build information.
 */
export function createMetrics<const Catalogue extends MetricCatalogue>(
  catalogue: Catalogue,
  collectors: Collectors<Catalogue> = {},
): Metrics<Catalogue> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { version, revision, nodeVersion } = buildInfo;
  const build = createMetric(programMetrics.buildInfo, registry) as Gauge;
  build.set({ version, revision, node_version: nodeVersion }, 1);
  const metrics = Object.entries(catalogue).map(([name, definition]) => [
    name,
    createMetric(definition, registry, collectors[name]),
  ]);
  // The loop above gives each name of the catalogue the metric of its kind and labels.
  return { registry, ...Object.fromEntries(metrics) } as Metrics<Catalogue>;
}

function createMetric(
  { kind, name, meaning, labels, buckets = [] }: MetricDefinition,
  registry: Registry,
  samples?: () => readonly Sample<string>[],
): Counter | Gauge | Histogram {
  const options = { name, help: meaning, labelNames: [...labels], registers: [registry] };
  switch (kind) {
    case 'counter':
      return new Counter(options);
    case 'histogram':
      return new Histogram({ ...options, buckets: [...buckets] });
    case 'gauge':
      return new Gauge({ ...options, ...(samples && { collect: collectFrom(samples) }) });
  }
}

/** Replaces all values: an object that is gone leaves none behind. */
function collectFrom(samples: () => readonly Sample<string>[]) {
  return function collect(this: Gauge): void {
    this.reset();
    for (const { labels, value } of samples()) {
      this.set(labels, value);
    }
  };
}

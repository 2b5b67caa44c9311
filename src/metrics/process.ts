import { collectDefaultMetrics, type Registry } from 'prom-client';
import { formatLabels, type Family, type Sample } from './exposition.ts';

/**
 * The usual metrics of a Node process (`process_*`, `nodejs_*`). Reading them touches nothing but /proc. Left out are
 * gauges that end in `_total`, which promtool refuses, and the distribution of event loop delays: sampling it every
 * 10 ms costs an idle daemon one percent of a processor. The delay at the scrape stays.
 */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: HOUR_MS });
  for (const name of UNWANTED) registry.removeSingleMetric(name);
}

const HOUR_MS = 3_600_000;

const UNWANTED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
  ...['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
    (statistic) => `nodejs_eventloop_lag_${statistic}_seconds`,
  ),
];

/** What an injected prom-client registry holds, as families. */
export async function registryFamilies(registry: Registry): Promise<Family[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics.map(({ name, help, type, values }) => ({
    name,
    help,
    kind: KINDS[String(type)] ?? 'gauge',
    samples: values.map((value) => toSample(name, value)),
  }));
}

/** prom-client's typings know an enum that is only a type; at run time these are strings. */
const KINDS: Readonly<Record<string, Family['kind']>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
};

interface RegistryValue {
  readonly labels: Readonly<Partial<Record<string, string | number>>>;
  readonly value: number;
  readonly metricName?: string;
}

function toSample(name: string, { labels, value, metricName = name }: RegistryValue): Sample {
  const sample = { labels: formatLabels(labels), value };
  return metricName === name ? sample : { ...sample, suffix: metricName.slice(name.length) };
}

import { collectDefaultMetrics, type Registry } from 'prom-client';
import { formatLabels, type Family, type Sample } from './exposition.ts';

/**
 * The registry's usual metrics of the process (`process_*`, `nodejs_*`), without gauges that end in `_total`,
 * which promtool refuses, and without the smallest delay of the event loop, which is 292 years when there was none.
 * Reading them touches nothing but /proc.
 */
export function addProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of UNWANTED) registry.removeSingleMetric(name);
}

const UNWANTED = [
  'nodejs_eventloop_lag_min_seconds',
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
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

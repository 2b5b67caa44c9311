import { setImmediate } from 'node:timers/promises';
import { Registry, type Metric } from 'prom-client';
import type { DaemonReport } from '../report/types.ts';
import { addProcessMetrics } from './process.ts';
import { ReportMetrics } from './report-metrics.ts';

export const TEXT = Registry.PROMETHEUS_CONTENT_TYPE;
export const OPENMETRICS = Registry.OPENMETRICS_CONTENT_TYPE;
export type ContentType = typeof TEXT | typeof OPENMETRICS;

export interface Metrics {
  /** Everything that is known now. */
  readonly scrape: (contentType?: ContentType) => Promise<string>;
}

export interface MetricsOptions {
  /** Called once per scrape; must do no I/O. Ages are as of each client's `reportedAt`. */
  readonly report: () => DaemonReport;
  /** Whether a scrape has the metrics of this process, too. */
  readonly withProcess?: boolean;
}

/** A scrape of many clients takes tens of milliseconds, so it lets other work in between its steps. */
export function createMetrics({ report, withProcess = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const reported = new ReportMetrics(registry);
  if (withProcess) addProcessMetrics(registry);
  const openMetrics = inOpenMetrics(registry);
  return {
    async scrape(contentType = TEXT) {
      reported.update(report());
      await setImmediate();
      const text = await (contentType === OPENMETRICS ? openMetrics : registry).metrics();
      await setImmediate();
      return text;
    },
  };
}

/**
 * The same metrics in the other format. Each is registered through an object that inherits from it: prom-client cuts
 * `_total` off the name of a counter for good when it writes OpenMetrics, and must not do so to the original.
 */
function inOpenMetrics(registry: Registry): Registry<typeof OPENMETRICS> {
  const other = new Registry<typeof OPENMETRICS>();
  other.setContentType(OPENMETRICS);
  for (const { name } of registry.getMetricsAsArray())
    other.registerMetric(Object.create(registry.getSingleMetric(name) ?? null) as Metric);
  return other;
}

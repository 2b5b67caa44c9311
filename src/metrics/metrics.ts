import { Registry } from 'prom-client';
import type { DaemonReport } from '../report/types.ts';
import { Mutex } from '../runtime/mutex.ts';
import { yieldEvery } from '../runtime/yield-every.ts';
import { addProcessMetrics } from './process.ts';
import { OPENMETRICS, Rendering, TEXT, type ContentType } from './rendering.ts';
import { ReportMetrics } from './report-metrics.ts';

export interface Metrics {
  /** The current report. */
  readonly scrape: (contentType?: ContentType) => Promise<string>;
}

export interface MetricsOptions {
  /** Called once per scrape. Must not do I/O. Ages are as of each client's `reportedAt`. */
  readonly report: () => DaemonReport;
  /** Whether a scrape includes the metrics of this process. */
  readonly withProcess?: boolean;
}

/** How long a scrape may hold the event loop before it lets other work run, in milliseconds. */
const SLICE_MS = 10;

/** A scrape of many clients takes tens of milliseconds, so it lets other work run between its steps. */
export function createMetrics({ report, withProcess = true }: MetricsOptions): Metrics {
  const registry = new Registry();
  const reported = new ReportMetrics(registry);
  if (withProcess) addProcessMetrics(registry);
  const renderings = {
    [TEXT]: new Rendering(registry, TEXT),
    [OPENMETRICS]: new Rendering(registry, OPENMETRICS),
  };
  const mutex = new Mutex(); // one at a time, so that each scrape shows one report
  return {
    scrape: (contentType = TEXT) =>
      mutex.run(async () => {
        const yieldIfDue = yieldEvery(SLICE_MS);
        for (const name of await reported.update(report(), yieldIfDue))
          for (const rendering of Object.values(renderings)) rendering.forget(name);
        return renderings[contentType].write(yieldIfDue);
      }),
  };
}

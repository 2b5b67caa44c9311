import { Registry } from 'prom-client';
import type { DaemonReport } from '../report/types.ts';
import { CONTENT_TYPES, renderExposition } from './exposition.ts';
import { negotiateFormat } from './negotiate.ts';
import { addProcessMetrics, registryFamilies } from './process.ts';
import { ReportFamilies } from './report-families.ts';

export interface Scrape {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface Metrics {
  /** Everything that is known now; `accept` is the header of that name. */
  readonly scrape: (accept?: string) => Promise<Scrape>;
}

export interface MetricsOptions {
  /** Called once per scrape; must do no I/O. Ages are as of each client's `reportedAt`. */
  readonly report: () => DaemonReport;
  /** Whatever else is to be exported; without it, the metrics of this process. */
  readonly registry?: Registry;
}

export function createMetrics({ report, registry = processRegistry() }: MetricsOptions): Metrics {
  const reported = new ReportFamilies();
  return {
    async scrape(accept) {
      const format = negotiateFormat(accept);
      const families = [...reported.of(report()), ...(await registryFamilies(registry))];
      return { contentType: CONTENT_TYPES[format], body: renderExposition(families, format) };
    },
  };
}

function processRegistry(): Registry {
  const registry = new Registry();
  addProcessMetrics(registry);
  return registry;
}

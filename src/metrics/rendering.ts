import { Counter, Registry, type Metric } from 'prom-client';
import { PREFIX } from './names.ts';

export const TEXT = Registry.PROMETHEUS_CONTENT_TYPE;
export const OPENMETRICS = Registry.OPENMETRICS_CONTENT_TYPE;
export type ContentType = typeof TEXT | typeof OPENMETRICS;

/**
 * The metrics of a registry in one format, as prom-client writes them. The text of a report metric is cached until that metric
 * changes: writing nine thousand series takes long, and few change between two scrapes.
 */
export class Rendering {
  private readonly registry: Registry<ContentType>;
  private readonly names: readonly string[];
  private readonly texts = new Map<string, string>();

  constructor(registry: Registry, contentType: ContentType) {
    this.names = registry.getMetricsAsArray().map(({ name }) => name);
    this.registry = contentType === OPENMETRICS ? inOpenMetrics(registry, this.names) : registry;
  }

  /** Call it with the full name of each metric that has changed. */
  forget(name: string): void {
    this.texts.delete(name);
  }

  /** @param yieldIfDue called between metrics, so that it can let other work run */
  async write(yieldIfDue: () => Promise<void>): Promise<string> {
    const texts: string[] = [];
    for (const name of this.names) {
      texts.push(this.texts.get(name) ?? (await this.render(name)));
      await yieldIfDue();
    }
    const end = this.registry.contentType === OPENMETRICS ? '# EOF\n' : '';
    return `${texts.join('\n')}\n${end}`;
  }

  private async render(name: string): Promise<string> {
    const text = await this.registry.getSingleMetricAsString(name);
    if (name.startsWith(PREFIX)) this.texts.set(name, text);
    return text;
  }
}

/**
 * The same metrics in the other format. Each is registered through an object that inherits from it, because OpenMetrics requires
 * counter names without `_total`, and prom-client appends that to each series.
 */
function inOpenMetrics(registry: Registry, names: readonly string[]): Registry<ContentType> {
  const other = new Registry<typeof OPENMETRICS>();
  other.setContentType(OPENMETRICS);
  for (const name of names) {
    const metric = Object.create(registry.getSingleMetric(name) ?? null) as Metric;
    other.registerMetric(metric);
    if (metric instanceof Counter) Object.assign(metric, { name: name.replace(/_total$/, '') });
  }
  return other;
}

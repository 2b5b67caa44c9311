import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import { fullName, METRICS, type MetricName } from '../src/metrics/names.ts';

/** As the data source variable is called. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

/** On series of the scrape itself, such as `up`. */
export const TARGET = 'job=~"$job", instance=~"$instance"';

/** The series of a metric that the variables at the top of the dashboard choose. */
export function series(name: MetricName, matchers = ''): string {
  const { labels } = METRICS[name];
  const chosen = ['client', 'backend'].filter((label) => labels.includes(label));
  const all = [TARGET, ...chosen.map((label) => `${label}=~"$${label}"`), matchers];
  return `${fullName(name)}{${all.filter((text) => text !== '').join(', ')}}`;
}

/** The same, with those of sources, which have no label `backend`. */
export function seriesOfPlaces(name: MetricName): string {
  return series(name).replace('backend=~"$backend"', 'backend=~"$backend|"');
}

/** One value for each client, from any daemon. */
export function byClient(name: MetricName, matchers = ''): string {
  return `max by (client) (${series(name, matchers)})`;
}

/** One value for each backend of each client. */
export function byBackend(name: MetricName, matchers = ''): string {
  return `max by (client, backend) (${series(name, matchers)})`;
}

/** One value for each backend, the greatest of its clients. */
export function ofBackends(name: MetricName, matchers = ''): string {
  return `max by (backend) (${series(name, matchers)})`;
}

/** Of the process, by prom-client, and of its scrape, by Prometheus. */
type DaemonMetric =
  | 'process_resident_memory_bytes'
  | 'nodejs_heap_size_used_bytes'
  | 'nodejs_eventloop_lag_seconds'
  | 'scrape_duration_seconds';

/** One value for each daemon. */
export function byDaemon(name: DaemonMetric): string {
  return `max by (instance) (${name}{${TARGET}})`;
}

/** What is sent to each backend, of the clients that are chosen, in bytes per second. */
export function sentPerSecond(): string {
  return `sum by (backend) (rate(${series('sync_transferred_bytes_total')}[$__rate_interval]))`;
}

/** How many passes failed in each step, by reason, which is written as words. */
export function failedPasses(...labels: 'backend'[]): string {
  const by = [...labels, 'reason'].join(', ');
  const count = `round(sum by (${by}) (increase(${series('sync_failures_total')}[$__rate_interval]))) > 0`;
  return `label_replace(${count}, "reason", "$1 $2", "reason", "(.+)_(.+)")`;
}

/** What is so now, one series or none for each set of labels. */
export function instant(expr: string, refId = 'A'): prometheus.DataqueryBuilder {
  return query(expr, refId).instant();
}

/** The same as the rows of a table; the refId names the column. */
export function rows(expr: string, refId: string): prometheus.DataqueryBuilder {
  return instant(expr, refId).format(prometheus.PromQueryFormat.Table);
}

/** How it was over time. */
export function range(expr: string, legend: string, refId = 'A'): prometheus.DataqueryBuilder {
  return query(expr, refId).range().legendFormat(legend);
}

function query(expr: string, refId: string): prometheus.DataqueryBuilder {
  return new prometheus.DataqueryBuilder().datasource(DATASOURCE).expr(expr).refId(refId);
}

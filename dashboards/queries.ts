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

/** One value for each client, whatever daemon reports it. */
export function byClient(name: MetricName, matchers = ''): string {
  return `max by (client) (${series(name, matchers)})`;
}

/** One value for each backend of each client. */
export function byBackend(name: MetricName, matchers = ''): string {
  return `max by (client, backend) (${series(name, matchers)})`;
}

/** On the dashboard of one client. */
export function ofBackends(name: MetricName, matchers = ''): string {
  return `max by (backend) (${series(name, matchers)})`;
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

import { Counter, Gauge, type Registry } from 'prom-client';
import type { DaemonReport } from '../report/types.ts';
import { fullName, METRICS, type MetricName, type MetricSpec } from './names.ts';
import { rowsOf, type Row } from './rows.ts';
import type { ByLabel, Value } from './values.ts';

type Metric = Gauge | Counter;
type Labels = Row['labels'];

/** All metrics in `METRICS`, in a registry, with the values of the latest report. */
export class ReportMetrics {
  private readonly metrics: Readonly<Record<MetricName, Metric>>;
  private rows: ReadonlyMap<string, Row> = new Map();

  constructor(registry: Registry) {
    const names = Object.keys(METRICS) as MetricName[];
    const metrics = names.map((name) => [name, makeMetric(name, registry)]);
    this.metrics = Object.fromEntries(metrics) as Record<MetricName, Metric>;
  }

  /**
   * Sets what changed since the last report, and removes the series that this one says nothing about. Answers the full names of
   * the metrics that it touched.
   */
  update(report: DaemonReport): Set<string> {
    const touched = new Set<string>();
    const rows = rowsOf(report);
    for (const [key, { labels, values }] of this.rows)
      if (!rows.has(key)) this.change({ labels, values: {} }, values, touched);
    for (const [key, row] of rows) this.change(row, this.rows.get(key)?.values ?? {}, touched);
    this.rows = rows;
    return touched;
  }

  private change({ labels, values }: Row, before: Row['values'], touched: Set<string>): void {
    for (const name of new Set([...namesIn(before), ...namesIn(values)])) {
      const label = METRICS[name].labels.at(-1) ?? '';
      for (const [key, value] of changes(before[name], values[name])) {
        const own = key === ALONE ? labels : { ...labels, [label]: key };
        setSeries(this.metrics[name], own, value);
        touched.add(fullName(name));
      }
    }
  }
}

function namesIn(values: Row['values']): MetricName[] {
  return Object.keys(values) as MetricName[];
}

/** The key of a value that its row has once, rather than once for each value of one more label. */
const ALONE = '';

/** What is different now, by key; undefined for a series that has no value any more. */
function changes(before: Value, after: Value): [key: string, value: number | undefined][] {
  if (before === after) return [];
  const [old, now] = [byLabel(before), byLabel(after)];
  return Object.keys({ ...old, ...now })
    .filter((key) => old[key] !== now[key])
    .map((key) => [key, now[key]]);
}

function byLabel(value: Value): ByLabel {
  if (typeof value === 'object') return value;
  return value === undefined ? {} : { [ALONE]: value };
}

/** Has no series yet: prom-client would begin with a 0 where there are no labels. */
function makeMetric(name: MetricName, registry: Registry): Metric {
  const { kind, labels, help }: MetricSpec = METRICS[name];
  const options = { name: fullName(name), help, labelNames: labels, registers: [registry] };
  const metric = kind === 'gauge' ? new Gauge(options) : new Counter(options);
  metric.remove({});
  return metric;
}

/** Without a value, or with one that is not finite, the series is absent. A counter is set, as the report has its total. */
function setSeries(metric: Metric, labels: Labels, value = Number.NaN): void {
  const isKnown = Number.isFinite(value);
  if (metric instanceof Gauge && isKnown) {
    metric.set(labels, value);
  } else {
    metric.remove(labels);
    if (isKnown) metric.inc(labels, value);
  }
}

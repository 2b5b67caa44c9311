import { Counter, Gauge, type Registry } from 'prom-client';
import type { DaemonReport } from '../report/types.ts';
import type { MetricSpec } from './define.ts';
import { fullName, METRICS, type MetricName } from './names.ts';
import { rowsOf, type Row, type RowValues } from './rows.ts';
import type { ByLabel, Value } from './values.ts';

type Metric = Gauge | Counter;
type Labels = Row['labels'];

/** All metrics in `METRICS`, in a registry, with the values of the latest report. */
export class ReportMetrics {
  private readonly metrics: Readonly<Record<MetricName, Metric>>;
  private rows = new Map<string, Row>();

  constructor(registry: Registry) {
    const names = Object.keys(METRICS) as MetricName[];
    const metrics = names.map((name) => [name, makeMetric(name, registry)]);
    this.metrics = Object.fromEntries(metrics) as Record<MetricName, Metric>;
  }

  /**
   * Sets what changed since the last report, and removes the series that this one does not have. Returns the full names of the
   * metrics that it changed.
   *
   * @param yieldIfDue called after each row, so that it can let other work run
   */
  async update(report: DaemonReport, yieldIfDue: () => Promise<void>): Promise<Set<string>> {
    const touched = new Set<string>();
    const before = this.rows;
    this.rows = new Map();
    for (const row of rowsOf(report)) {
      const key = keyOf(row);
      this.change(row.labels, { before: before.get(key)?.values, now: row.values }, touched);
      this.rows.set(key, row);
      before.delete(key);
      await yieldIfDue();
    }
    for (const { labels, values } of before.values())
      this.change(labels, { before: values, now: undefined }, touched);
    return touched;
  }

  private change(labels: Labels, { before, now }: Change<RowValues>, touched: Set<string>): void {
    if (before === now) return;
    for (const key in now ?? before) {
      const name = key as MetricName;
      const isChanged = this.set(name, labels, { before: before?.[name], now: now?.[name] });
      if (isChanged) touched.add(fullName(name));
    }
  }

  /** Returns whether anything changed. */
  private set(name: MetricName, labels: Labels, { before, now }: Change<Value>): boolean {
    if (before === now) return false;
    const metric = this.metrics[name];
    if (typeof before !== 'object' && typeof now !== 'object') {
      setSeries(metric, labels, now);
      return true;
    }
    const [old, present] = [byLabel(before), byLabel(now)];
    const label = METRICS[name].labels.at(-1) ?? '';
    const changed = Object.keys({ ...old, ...present }).filter((key) => old[key] !== present[key]);
    for (const key of changed) setSeries(metric, { ...labels, [label]: key }, present[key]);
    return changed.length > 0;
  }
}

interface Change<T> {
  readonly before: T | undefined;
  readonly now: T | undefined;
}

function keyOf({ group, labels }: Row): string {
  let key = group;
  for (const name in labels) key += `\n${labels[name]}`;
  return key;
}

function byLabel(value: Value): ByLabel {
  return typeof value === 'object' ? value : {};
}

/** Has no series yet: prom-client would start with 0 if there are no labels. */
function makeMetric(name: MetricName, registry: Registry): Metric {
  const { kind, labels, help }: MetricSpec = METRICS[name];
  const options = { name: fullName(name), help, labelNames: labels, registers: [registry] };
  const metric = kind === 'gauge' ? new Gauge(options) : new Counter(options);
  metric.remove({});
  return metric;
}

/** Sets a series. Without a value, or with one that is not finite, it is absent. A counter is set, too: the report has its total. */
function setSeries(metric: Metric, labels: Labels, value = Number.NaN): void {
  const isKnown = Number.isFinite(value);
  if (metric instanceof Gauge && isKnown) {
    metric.set(labels, value);
  } else {
    metric.remove(labels);
    if (isKnown) metric.inc(labels, value);
  }
}

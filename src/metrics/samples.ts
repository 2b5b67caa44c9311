import type { ClientReport, DaemonReport } from '../report/types.ts';
import { backendValues } from './backend.ts';
import { daemonSamples } from './daemon.ts';
import { backendExpectationValues, expectationValues } from './expectations.ts';
import { formatLabels, type Family, type Sample } from './exposition.ts';
import { fullName, METRICS, type MetricName } from './names.ts';
import { protectionValues } from './protection.ts';
import { sourceValues } from './source.ts';
import { syncValues } from './sync.ts';
import type { ByLabel, Value } from './values.ts';

type Samples = Partial<Record<MetricName, Sample[]>>;

/** All families of a report, in the order of `METRICS`. Pure: what the report does not say has no series. */
export function reportFamilies(report: DaemonReport): Family[] {
  const samples: Samples = {};
  for (const client of report.clients) addClient(samples, client);
  const all = { ...samples, ...daemonSamples(report) };
  return METRIC_NAMES.map((name) => {
    const { help, kind } = METRICS[name];
    return { name: fullName(name), help, kind, samples: all[name] ?? [] };
  });
}

const METRIC_NAMES = Object.keys(METRICS) as MetricName[];

function addClient(samples: Samples, report: ClientReport): void {
  const { client, reportedAt } = report;
  const labels = formatLabels({ client });
  add(samples, labels, sourceValues(report));
  add(samples, labels, protectionValues(report));
  add(samples, labels, expectationValues(report));
  for (const backend of report.backends) {
    const labels = formatLabels({ client, backend: backend.backend });
    add(samples, labels, backendValues(backend, reportedAt));
    add(samples, labels, syncValues(backend));
    add(samples, labels, backendExpectationValues(backend));
  }
}

function add(samples: Samples, labels: string, values: Partial<Record<MetricName, Value>>): void {
  for (const name of Object.keys(values) as MetricName[]) {
    const value = values[name];
    if (value === undefined) continue;
    const list = (samples[name] ??= []);
    if (typeof value === 'number') list.push({ labels, value });
    else addEach(list, `${labels},${lastLabel(name)}`, value);
  }
}

function addEach(list: Sample[], prefix: string, values: ByLabel): void {
  for (const key of Object.keys(values)) {
    list.push({ labels: `${prefix}="${key}"`, value: values[key] ?? 0 });
  }
}

function lastLabel(name: MetricName): string {
  return METRICS[name].labels.at(-1) ?? '';
}

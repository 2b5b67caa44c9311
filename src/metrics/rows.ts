import type { BackendState, ClientReport, DaemonReport } from '../report/types.ts';
import { backendValues } from './backend.ts';
import { buildLabels, configuredClients, configuredValues, daemonValues } from './daemon.ts';
import { backendExpectationValues, expectationValues } from './expectations.ts';
import type { MetricName } from './names.ts';
import { protectionValues } from './protection.ts';
import { savingValues } from './saving.ts';
import { sourceValues } from './source.ts';
import { syncValues } from './sync.ts';
import type { Value } from './values.ts';

/** Metrics that share their labels, and their values. */
export interface Row {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Partial<Record<MetricName, Value>>>;
}

/** Everything that a report says, one row for each set of labels, by a key made of these. */
export function rowsOf(report: DaemonReport): Map<string, Row> {
  const rows = [
    ...report.clients.flatMap(clientRows),
    ...configuredClients(report).map((configured) => ({
      labels: { client: configured.client },
      values: configuredValues(configured),
    })),
    { labels: buildLabels(report), values: { build_info: 1 } },
    ...Object.entries(report.tools).map(([tool, version]) => ({
      labels: { tool, version },
      values: { tool_info: 1 },
    })),
    { labels: {}, values: daemonValues(report) },
  ];
  const merged = new Map<string, Row>();
  for (const { labels, values } of rows) {
    const key = JSON.stringify(labels);
    merged.set(key, { labels, values: { ...merged.get(key)?.values, ...values } });
  }
  return merged;
}

function clientRows(report: ClientReport): Row[] {
  const { client, backends, reportedAt } = report;
  const values = {
    ...sourceValues(report),
    ...protectionValues(report),
    ...savingValues(report),
    ...expectationValues(report),
  };
  return [
    { labels: { client }, values },
    ...backends.map((state) => ({
      labels: { client, backend: state.backend },
      values: stateValues(state, reportedAt),
    })),
  ];
}

function stateValues(state: BackendState, reportedAt: number): Row['values'] {
  return {
    ...backendValues(state, reportedAt),
    ...syncValues(state),
    ...backendExpectationValues(state),
  };
}

import type { BackendState, ClientReport, DaemonReport, SourceState } from '../report/types.ts';
import { activityValues, findingsOf, restoreValues } from './activities.ts';
import { backendValues } from './backend.ts';
import { clientValues } from './client.ts';
import { buildLabels, configuredClients, configuredValues, daemonValues } from './daemon.ts';
import type { MetricName } from './names.ts';
import { sourceValues } from './source.ts';
import { syncValues } from './sync.ts';
import type { Value } from './values.ts';

export type RowValues = Readonly<Partial<Record<MetricName, Value>>>;

/** The metrics of one group that share their labels, and their values. All rows of a group have the same metrics. */
export interface Row {
  readonly group: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: RowValues;
}

/** The values of a report, one row at a time. No two rows have the same group and labels. */
export function* rowsOf(report: DaemonReport): Generator<Row> {
  for (const client of report.clients) yield* clientRows(client);
  for (const configured of configuredClients(report)) {
    const { client } = configured;
    yield { group: 'configured', labels: { client }, values: configuredValues(configured) };
  }
  yield { group: 'build', labels: buildLabels(report), values: { build_info: 1 } };
  for (const [tool, version] of Object.entries(report.tools))
    yield { group: 'tool', labels: { tool, version }, values: { tool_info: 1 } };
  yield { group: 'daemon', labels: {}, values: daemonValues(report) };
}

function* clientRows(report: ClientReport): Generator<Row> {
  const { client, backends, reportedAt } = report;
  const labels = { client };
  yield { group: 'source', labels, values: sourceValues(report) };
  yield { group: 'client', labels, values: clientValues(report) };
  const source = { client, backend: '' };
  const audit_findings = findingsOf(report.source.lastAudit);
  yield { group: 'audit', labels: source, values: { audit_findings } };
  yield* proofRows(report.source, source);
  for (const state of backends) yield* backendRows(state, client, reportedAt);
}

function* backendRows(state: BackendState, client: string, reportedAt: number): Generator<Row> {
  const labels = { client, backend: state.backend };
  yield { group: 'backend', labels, values: backendValues(state, reportedAt) };
  yield { group: 'sync', labels, values: syncValues(state) };
  yield* proofRows(state, labels);
}

/** The rows of audits and restore checks, which a source and a backend have in common. */
function* proofRows(
  { activities = [], restores }: SourceState | BackendState,
  place: Readonly<Record<'client' | 'backend', string>>,
): Generator<Row> {
  for (const activity of activities) {
    const labels = { ...place, activity: activity.name };
    yield { group: 'activity', labels, values: activityValues(activity) };
  }
  if (restores !== undefined)
    yield { group: 'restores', labels: place, values: restoreValues(restores) };
}

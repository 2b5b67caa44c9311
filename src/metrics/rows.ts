import type { BackendState, ClientReport, DaemonReport, SourceState } from '../report/types.ts';
import { activityValues, findingsOf, restoreCheckValues, restoreValues } from './activities.ts';
import { backendValues } from './backend.ts';
import { buildLabels, configuredClients, configuredValues, daemonValues } from './daemon.ts';
import { backendExpectationValues, expectationValues } from './expectations.ts';
import type { MetricName } from './names.ts';
import { backendPauseValues, pauseValues } from './pauses.ts';
import { protectionValues } from './protection.ts';
import { savingValues } from './saving.ts';
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
  yield { group: 'protection', labels, values: protectionValues(report) };
  yield { group: 'saving', labels, values: savingValues(report) };
  yield { group: 'expectation', labels, values: expectationValues(report) };
  yield { group: 'pause', labels, values: pauseValues(report) };
  yield { group: 'restore checks', labels, values: restoreCheckValues(report) };
  yield* sourceProofRows(report.source, { client, backend: '' });
  for (const state of backends) yield* backendRows(state, client, reportedAt);
}

function* backendRows(state: BackendState, client: string, reportedAt: number): Generator<Row> {
  const labels = { client, backend: state.backend };
  yield { group: 'backend', labels, values: backendValues(state, reportedAt) };
  yield { group: 'sync', labels, values: syncValues(state) };
  yield { group: 'backend expectation', labels, values: backendExpectationValues(state) };
  yield { group: 'backend pause', labels, values: backendPauseValues(state) };
  yield* proofRows(state, labels);
}

type PlaceLabels = Readonly<Record<'client' | 'backend', string>>;

function* sourceProofRows(source: SourceState, place: PlaceLabels): Generator<Row> {
  yield { group: 'audit', labels: place, values: { audit_findings: findingsOf(source.lastAudit) } };
  yield* proofRows(source, place);
}

/** What a source and a backend have in common. */
function* proofRows(
  { activities = [], restores }: SourceState | BackendState,
  place: PlaceLabels,
): Generator<Row> {
  for (const activity of activities) {
    const labels = { ...place, activity: activity.name };
    yield { group: 'activity', labels, values: activityValues(activity) };
  }
  if (restores !== undefined)
    yield { group: 'restores', labels: place, values: restoreValues(restores) };
}

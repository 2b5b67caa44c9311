import { daemonFindings, type OverallFinding } from '../../report/overall.ts';
import type { BackendState, ClientReport, Picture } from '../../report/types.ts';
import { recentAcknowledgement } from '../../report/recent-acknowledgement.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import { renderTable } from './table.ts';
import { grouped, plural } from '../../runtime/plural.ts';

interface Found {
  readonly report: ClientReport;
  readonly isRunning: boolean;
}

const MARK = { ok: 'ok', warning: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' } as const;
const RANK = { critical: 0, warning: 1, unknown: 2, ok: 3 } as const;

/** A row for each client and place, worst client first, then what is not as it should be; that no daemon runs comes first. */
export function renderStatus(found: readonly Found[], picture: Picture, now: number): string[] {
  const sorted = [...found].sort((a, b) => RANK[a.report.severity] - RANK[b.report.severity]);
  const rows = sorted.flatMap(({ report }) => [
    [
      report.client,
      'source',
      sourceWord(report, now),
      age(report.source.latestSnapshotAt, now),
      '',
      due(report, now),
    ],
    ...report.backends.map((backend) => backendRow(report, backend, now)),
  ]);
  const header = ['CLIENT', 'PLACE', 'STATE', 'NEWEST', 'LAG', 'DETAIL'];
  const lines = [
    ...notRunning(sorted),
    ...(rows.length === 0 ? [] : renderTable([header, ...rows])),
    ...daemonFindings(picture).flatMap((finding) => ['', ...problem(finding)]),
    ...sorted.flatMap(problems),
  ];
  return lines[0] === '' ? lines.slice(1) : lines;
}

function sourceWord({ source, dueAt }: ClientReport, now: number): string {
  if (source.state !== 'ok') return source.state;
  return dueAt !== undefined && now > dueAt ? 'overdue' : 'ok';
}

function backendRow({ client }: ClientReport, backend: BackendState, now: number): string[] {
  const { state, reason, latestSnapshotAt, lagMs } = backend;
  const word = reason === undefined ? state : `${state} (${reason})`;
  const lag = lagMs === undefined ? '?' : lagMs === 0 ? '0' : formatDuration(lagMs);
  return [client, backend.backend, word, age(latestSnapshotAt, now), lag, detail(backend, now)];
}

function detail(backend: BackendState, now: number): string {
  const { progress, countsAsCopy, lastSuccess } = backend;
  if (countsAsCopy === false) {
    return `counts as no copy; script ${lastSuccess === undefined ? 'has not succeeded yet' : `exited with 0 ${formatAgo(now - lastSuccess)}`}`;
  }
  if (progress !== undefined) {
    const { bytes, totalBytes, objects, totalObjects, waitingSince } = progress;
    const moved = `${formatBytes(bytes)} of ${formatBytes(totalBytes)}, ${grouped(objects)} of ${plural(totalObjects, 'object')}`;
    return waitingSince === undefined ? moved : `${moved}, waits for its turn`;
  }
  return counts(backend);
}

function counts({ snapshots, missing, staleKeys = 0, unproven = 0 }: BackendState): string {
  const count = snapshots === undefined ? '' : `${snapshots} complete`;
  const more = [
    ...(missing === undefined || missing.length === 0 ? [] : [`${missing.length} missing`]),
    ...(unproven === 0 ? [] : [`${unproven} unproven`]),
    ...(staleKeys === 0 ? [] : [plural(staleKeys, 'stale key')]),
  ];
  return [count, ...more].join(', ');
}

function age(at: number | undefined, now: number): string {
  return at === undefined ? '-' : formatAgo(now - at);
}

function due({ dueAt }: ClientReport, now: number): string {
  if (dueAt === undefined) return 'none expected';
  return now > dueAt
    ? `due ${formatAgo(now - dueAt)}`
    : `next within ${formatDuration(dueAt - now)}`;
}

function problems({ report }: Found): string[] {
  const acknowledged = recentAcknowledgement(report);
  return [
    ...report.findings.flatMap((finding) => [
      '',
      ...problem({ ...finding, client: report.client }),
    ]),
    ...(acknowledged === undefined ? [] : ['', `${report.client}: ${acknowledged}`]),
  ];
}

function problem({ severity, client, backend, message, hint }: OverallFinding): string[] {
  const where = [client, backend].filter((part) => part !== undefined).join(' → ');
  const what = where === '' ? message : `${where}: ${message}`;
  return [`${MARK[severity]} ${what}`, ...(hint === undefined ? [] : [`  ${hint}`])];
}

function notRunning(found: readonly Found[]): string[] {
  const names = found.filter(({ isRunning }) => !isRunning).map(({ report }) => report.client);
  if (names.length === 0) return [];
  const who = names.length === found.length ? '' : ` for ${names.join(', ')}`;
  return [
    `no daemon runs${who}: this is what was last known (start it with: backup-syncd run)`,
    '',
  ];
}

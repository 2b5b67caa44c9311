import { daemonFindings, type OverallFinding } from '../../report/overall.ts';
import type { BackendState, ClientReport, Picture } from '../../report/types.ts';
import {
  describeAway,
  describeCopies,
  describeOffline,
  describeUncounted,
} from '../../report/in-words.ts';
import { recentAcknowledgement } from '../../report/recent-acknowledgement.ts';
import { formatAgo, formatBytes, formatDuration } from '../../runtime/units.ts';
import { renderTable } from './table.ts';
import { grouped, plural } from '../../runtime/plural.ts';

interface Found {
  readonly report: ClientReport;
  readonly isRunning: boolean;
  /** the process that has the client, though it does not answer */
  readonly holder?: number;
}

const MARK = { ok: 'ok', warning: 'WARNING', critical: 'CRITICAL', unknown: 'UNKNOWN' } as const;
const RANK = { critical: 0, warning: 1, unknown: 2, ok: 3 } as const;

/** A transfer in which nothing moves for this long stands still, in milliseconds. */
const STILL_MS = 60_000;

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
      doing(report.source, now) ?? [due(report, now), copies(report)].filter(Boolean).join('; '),
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
  const shown = state === 'idle' && backend.doing !== undefined ? 'looking' : state;
  const word = describeOffline(backend) ?? (reason === undefined ? shown : `${state} (${reason})`);
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
    if (waitingSince !== undefined) return `${moved}, waits for its turn`;
    const idleMs = now - progress.updatedAt;
    return idleMs < STILL_MS ? moved : `${moved}, nothing moved for ${formatDuration(idleMs)}`;
  }
  const uncounted = describeUncounted(backend, now);
  const details = [counts(backend), uncounted, ...describeAway(backend)];
  return doing(backend, now) ?? details.filter(Boolean).join('; ');
}

function doing({ doing: work }: Pick<BackendState, 'doing'>, now: number): string | undefined {
  return work && `${work.what} for ${formatDuration(now - work.since)}`;
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

/** Only what is not as it should be: too few places, or places that cannot be reached. */
function copies({ protection }: ClientReport): string | undefined {
  const { copies: count = Infinity, unreachableCopies = 0, expectedCopies } = protection;
  return unreachableCopies > 0 || count < expectedCopies ? describeCopies(protection) : undefined;
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
  const isFree = (each: Found) => !each.isRunning && each.holder === undefined;
  const holders = new Set(found.flatMap(({ holder }) => holder ?? []));
  const namesOf = (list: readonly Found[]) => list.map(({ report }) => report.client).join(', ');
  const free = found.filter(isFree);
  const who = free.length === found.length ? '' : ` for ${namesOf(free)}`;
  const lines = [
    ...(free.length === 0
      ? []
      : [`no daemon runs${who}: this is what was last known (start it with: backup-syncd run)`]),
    ...[...holders].map((pid) => {
      const held = namesOf(found.filter(({ holder }) => holder === pid));
      return `process ${pid} has ${held} and cannot be asked, as it has no control socket: this is what was last saved (a daemon makes its socket again within seconds; a 'backup-syncd sync' has none)`;
    }),
  ];
  return lines.length === 0 ? [] : [...lines, ''];
}

import { MOST_KEYS } from '../repository/key-file.ts';
import { headingOf } from './headings.ts';
import { corruptHint } from '../replication/corrupt-hint.ts';
import type { AlarmReason } from '../facts/source-guard.ts';
import { describeKeys } from './in-words.ts';
import { SOURCE_SEVERITY } from './source-severity.ts';
import { staleLock } from './stale-lock.ts';
import { agree, plural } from '../runtime/plural.ts';
import { formatAgo, formatDuration } from '../runtime/units.ts';
import type { BackendState, ClientReport, Finding, Severity, SourceState } from './types.ts';

type Assessed = Omit<ClientReport, 'severity' | 'findings'>;

const RANK: Readonly<Record<Severity, number>> = { ok: 0, unknown: 1, warning: 2, critical: 3 };

/** Finds the problems of a client, worst first, and its overall severity. Pure. */
export function assess(
  report: Assessed,
  now: number,
): { severity: Severity; findings: readonly Finding[] } {
  const findings = [
    ...freshness(report, now),
    ...stalled(report, now),
    ...sourceFindings(report),
    ...alarms(report),
    ...keysChanged(report, now),
    ...sourceKeys(report),
    ...staleLock(report.source, now),
    ...protection(report),
    ...report.backends.flatMap((backend) => [
      ...backendFindings(backend, report.source),
      ...backendKeys(report.client, backend),
    ]),
    ...configuration(report),
    ...notSaved(report, now),
  ].sort(worstFirst);
  const isUnknown = report.observedAt === undefined && report.source.state === 'unknown';
  const worst = findings[0]?.severity ?? (isUnknown ? 'unknown' : 'ok');
  return { severity: worst, findings };
}

export function worstFirst(a: Pick<Finding, 'severity'>, b: Pick<Finding, 'severity'>): number {
  return RANK[b.severity] - RANK[a.severity];
}

/** Overdue is a warning; overdue by another interval is critical. */
function freshness(
  { dueAt, snapshotEveryMs, source: { latestSnapshotAt } }: Assessed,
  now: number,
): Finding[] {
  if (dueAt === undefined || snapshotEveryMs === null || now <= dueAt) return [];
  const severity = now > dueAt + snapshotEveryMs ? 'critical' : 'warning';
  const last =
    latestSnapshotAt === undefined
      ? 'there has never been one'
      : `the newest is from ${formatAgo(now - latestSnapshotAt)}`;
  return [
    {
      kind: 'snapshot_overdue',
      severity,
      message: `a snapshot was due ${formatAgo(now - dueAt)}: ${last}`,
      hint: "check the backup job on the client; if it did run, check the clock of this machine ('timedatectl')",
    },
  ];
}

/**
 * Polls without a check, and a minimum in milliseconds, after which a source counts as stalled: the same as in the alert
 * BackupSyncdStalled.
 */
const STALLED = { polls: 10, leastMs: 15 * 60_000 };

/** The source is no longer checked, so the facts about the places may be out of date. */
function stalled({ pollMs, source: { lastScanAt } }: Assessed, now: number): Finding[] {
  if (lastScanAt === undefined) return [];
  if (now - lastScanAt <= Math.max(STALLED.polls * pollMs, STALLED.leastMs)) return [];
  return [
    {
      kind: 'source_not_looked_at',
      severity: 'unknown',
      message: `the source was last checked ${formatAgo(now - lastScanAt)}`,
      hint: "is 'backup-syncd run' running? If cron runs 'sync', set poll to the time between two runs",
    },
  ];
}

function sourceFindings({ client, source }: Assessed): Finding[] {
  const { state, message, hint, corrupt, refused } = source;
  const findings: Finding[] = [];
  if (state !== 'ok' && state !== 'unknown') {
    findings.push({
      kind: `source_${state}`,
      severity: SOURCE_SEVERITY[state],
      message: message ?? `the source is ${state}`,
      ...(hint && { hint }),
    });
  }
  if (corrupt.length > 0) {
    findings.push({
      kind: 'source_corrupt_objects',
      severity: 'critical',
      message: `the source contains ${plural(corrupt.length, 'corrupt object')}: ${firstOf(corrupt.map(pathOf))}`,
      hint: corruptHint(client, pathOf(corrupt[0] ?? '')),
    });
  }
  if (refused.length > 0) {
    findings.push({
      kind: 'source_refused_names',
      severity: 'warning',
      message: `${plural(refused.length, 'file')} in the source ${agree(refused.length, 'is not a regular file', 'are not regular files')}: ${firstOf(refused)}`,
      hint: 'restic creates only regular files: find out who created this',
    });
  }
  return findings;
}

/** While the state of the source says the same, it says it with what to do. */
function alarms({ client, source }: Assessed): Finding[] {
  const { state, alarms: raised = [] } = source;
  return raised
    .filter(({ reason }) => state !== ALARM_STATE[reason])
    .map(({ reason, message }) => ({
      kind: `source_alarm_${reason}`,
      severity: 'critical',
      message,
      hint: `find out who did it. The backends keep what was complete, and nothing is retired. If it was meant, run: backup-syncd ack ${client} --reason TEXT`,
    }));
}

const ALARM_STATE: Readonly<Record<AlarmReason, SourceState['state']>> = {
  snapshots_removed: 'emptied',
  objects_removed: 'damaged',
};

/** For how long a change of keys is shown, milliseconds. */
const KEYS_CHANGED_MS = 24 * 3_600_000;

function keysChanged({ source: { keysChanged: change } }: Assessed, now: number): Finding[] {
  if (change === undefined || now - change.changedAt >= KEYS_CHANGED_MS) return [];
  return [
    {
      kind: 'source_keys_changed',
      severity: 'warning',
      message: `${describeKeys(change)} ${formatAgo(now - change.changedAt)}`,
      hint: "if nobody added or changed a password, somebody else has access: see 'restic key list'",
    },
  ];
}

/** A single malformed file keeps restic from opening a repository with any key. */
function sourceKeys({
  source: { location, malformedKeys = [], waitingKeys = 0 },
}: Assessed): Finding[] {
  const findings: Finding[] = [];
  const [first] = malformedKeys;
  if (first !== undefined) {
    const [path = ''] = first.split(' ');
    findings.push({
      kind: 'source_malformed_keys',
      severity: 'warning',
      message: `the source contains ${plural(malformedKeys.length, 'malformed key')}, which ${agree(malformedKeys.length, 'is', 'are')} not sent: ${firstOf(malformedKeys)}`,
      hint: `such a file can stop restic from opening the repository: find out who wrote it, and remove ${path} from ${location}`,
    });
  }
  if (waitingKeys > 0) {
    findings.push({
      kind: 'source_too_many_keys',
      severity: 'warning',
      message: `the source has more than ${MOST_KEYS} keys: ${plural(waitingKeys, 'new key')} ${agree(waitingKeys, 'is', 'are')} not sent`,
      hint: "restic gives up after 20 keys: remove unused ones with 'restic key remove', and find out who added the others",
    });
  }
  return findings;
}

/** A key that was removed at the source still opens the replica. */
function backendKeys(
  client: string,
  { backend, keys = 0, staleKeys = 0, hasMarker }: BackendState,
): Finding[] {
  if (staleKeys > 0) {
    return [
      {
        kind: 'backend_stale_keys',
        severity: 'warning',
        backend,
        message: `can still be opened with ${plural(staleKeys, 'stale key')}, which the source no longer has`,
        hint:
          hasMarker === false
            ? 'remove the files from keys/ where the script writes'
            : `to move them aside before you destroy them, run: backup-syncd backend retire ${client} ${backend} --keys`,
      },
    ];
  }
  if (keys <= MOST_KEYS) return [];
  return [
    {
      kind: 'backend_too_many_keys',
      severity: 'warning',
      backend,
      message: `has ${plural(keys, 'key')}: restic gives up after 20, so new ones may not be sent`,
      hint: "remove unused keys with 'restic key remove' at the source",
    },
  ];
}

function protection({
  protection: { lagMs, expectedWithinMs, unprotected, expectedCopies },
  backends,
}: Assessed): Finding[] {
  if (lagMs === undefined || unprotected === undefined || lagMs <= expectedWithinMs) return [];
  const away = backends.filter(({ uncountedSince }) => uncountedSince !== undefined);
  const because = away.length === 0 ? '' : `; not reachable: ${listOf(away)}`;
  return [
    {
      kind: 'not_protected',
      severity: 'critical',
      message: `${plural(unprotected, 'snapshot')} ${agree(unprotected, 'has', 'have')} had fewer than ${plural(expectedCopies, 'copy', 'copies')} for ${formatDuration(lagMs)}${because}`,
    },
  ];
}

function listOf(backends: readonly BackendState[]): string {
  return backends.map(({ backend }) => backend).join(', ');
}

/** Every backend differs from such a source, which is not the fault of the backend. */
const REPORTED_AT_SOURCE: ReadonlySet<SourceState['state']> = new Set([
  'config_changed',
  'different_repository',
]);

function backendFindings(backend: BackendState, source: SourceState): Finding[] {
  const { state, reason, lagMs, maxLagMs, expectedBackAt } = backend;
  const findings: Finding[] = [];
  if (expectedBackAt !== undefined) return findings;
  // the finding about the source covers this, with what to do
  const isOfSource = reason === 'diverged' && REPORTED_AT_SOURCE.has(source.state);
  const isFailing = state === 'blocked' || state === 'retrying';
  if (isFailing && !isOfSource) findings.push(failure(backend));
  if (lagMs !== undefined && lagMs > maxLagMs && backend.baselineAt !== undefined) {
    findings.push({
      kind: 'backend_lagging',
      severity: 'warning',
      backend: backend.backend,
      message: `is ${formatDuration(lagMs)} behind (${formatDuration(maxLagMs)} allowed)`,
    });
  }
  return findings;
}

function failure(backend: BackendState): Finding {
  const { backend: name, reason = 'internal', hint } = backend;
  const isAway = backend.isNotMounted === true;
  const kind = isAway ? 'backend_not_mounted' : (`backend_${reason}` as const);
  const message = isAway ? notMounted(backend) : backend.message;
  const heading = `${headingOf(kind)}${overdue(backend)}`;
  return {
    ...{ kind, severity: reason === 'damaged' ? 'critical' : 'warning', backend: name },
    message: message === undefined ? heading : `${heading}: ${message}`,
    ...(hint && { hint }),
  };
}

function notMounted({ location }: BackendState): string {
  return `its marker is missing from ${location}, and it was complete before`;
}

/** For a rotated disk that has been away for longer than allowed. */
function overdue({ offlineMs, uncountedSince }: BackendState): string {
  if (offlineMs === undefined || uncountedSince === undefined) return '';
  return `, away for longer than ${formatDuration(offlineMs)}`;
}

function configuration({ configValid, configError }: Assessed): Finding[] {
  if (configValid) return [];
  return [
    {
      kind: 'configuration_refused',
      severity: 'warning',
      message: `the new configuration was refused, and the old one stays in use: ${configError ?? ''}`,
      hint: 'run: backup-syncd check-config',
    },
  ];
}

/** Without a saved state, losses, and since when snapshots are owed, would be unknown after a restart. */
function notSaved({ saving }: Assessed, now: number): Finding[] {
  if (saving?.failingSince === undefined) return [];
  const { failingSince, message = '', hint } = saving;
  return [
    {
      kind: 'state_not_saved',
      severity: 'warning',
      message: `its state has not been saved for ${formatDuration(now - failingSince)}: ${message}`,
      ...(hint !== undefined && { hint }),
    },
  ];
}

/** The path of the file: packs are below their first two digits. */
function pathOf(name: string): string {
  return name.replace(/^data\/(..)/, 'data/$1/$1');
}

function firstOf(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first;
}

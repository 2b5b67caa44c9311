import { MOST_KEYS } from '../repository/key-file.ts';
import { headingOf } from './headings.ts';
import { groupFindings } from './group-findings.ts';
import { overdueProof } from './overdue-proof.ts';
import { failedRestores } from './restores.ts';
import { sourceFindings } from './source-findings.ts';
import { agree, plural } from '../runtime/plural.ts';
import { formatAgo, formatDuration } from '../runtime/units.ts';
import type { BackendState, ClientReport, Finding, Severity, SourceState } from './types.ts';
import { worstFirst } from './words.ts';

type Assessed = Omit<ClientReport, 'severity' | 'findings'>;

/** Finds the problems of a client, worst first, and its overall severity. Pure. */
export function assess(
  report: Assessed,
  now: number,
): { severity: Severity; findings: readonly Finding[] } {
  const findings = [
    ...freshness(report, now),
    ...groupFindings(report, now),
    ...stalled(report, now),
    ...sourceFindings(report, now),
    ...protection(report),
    ...report.backends.flatMap((backend) => [
      ...backendFindings(backend, report.source),
      ...backendKeys(report.client, backend),
    ]),
    ...overdueProof(report, now),
    ...failedRestores(report),
    ...(report.configValid ? [] : [configurationRefused(report.configError ?? '')]),
    ...notSaved(report, now),
  ].sort(worstFirst);
  const isUnknown = report.observedAt === undefined && report.source.state === 'unknown';
  const worst = findings[0]?.severity ?? (isUnknown ? 'unknown' : 'ok');
  return { severity: worst, findings };
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
        hint: hasMarker
          ? `if someone removed them on purpose, move them aside, then destroy them: backup-syncd backend retire ${client} ${backend} --keys`
          : 'remove the files from keys/ where the script writes',
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
  const { state, reason, lagMs, maxLagMs, expectedBackAt, pause } = backend;
  const findings: Finding[] = [];
  if (expectedBackAt !== undefined) return findings;
  if (pause !== undefined) return isBroken(reason) ? [failure(backend, source)] : findings;
  // the finding about the source covers this, with what to do
  const isOfSource = reason === 'diverged' && REPORTED_AT_SOURCE.has(source.state);
  const isFailing = state === 'blocked' || state === 'retrying';
  if (isFailing && !isOfSource) findings.push(failure(backend, source));
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

/** A pause excuses a backend that is behind, or that cannot be used, but not one that is broken. */
function isBroken(reason: BackendState['reason']): boolean {
  return reason === 'damaged' || reason === 'source_corrupt';
}

function failure(backend: BackendState, { corrupt }: SourceState): Finding {
  const { backend: name, reason = 'internal', hint } = backend;
  const isAway = backend.isNotMounted === true;
  const kind = isAway ? 'backend_not_mounted' : (`backend_${reason}` as const);
  const heading = `${headingOf(kind)}${overdue(backend)}`;
  // what is corrupt, and what to do, is said of the source
  const isOfSource = kind === 'backend_source_corrupt' && corrupt.length > 0;
  const given = isOfSource ? undefined : backend.message;
  const message = isAway ? notMounted(backend) : given;
  return {
    kind,
    severity: reason === 'damaged' ? 'critical' : 'warning',
    backend: name,
    message: message === undefined ? heading : `${heading}: ${message}`,
    ...(hint && !isOfSource && { hint }),
  };
}

function notMounted({ location }: BackendState): string {
  return `its marker is missing from ${location}, and it was complete before`;
}

/** Says that a rotated disk has been away for longer than allowed. */
function overdue({ offlineMs, uncountedSince }: BackendState): string {
  if (offlineMs === undefined || uncountedSince === undefined) return '';
  return `, away for longer than ${formatDuration(offlineMs)}`;
}

export function configurationRefused(error: string): Finding {
  return {
    kind: 'configuration_refused',
    severity: 'warning',
    message: `the new configuration was refused, and the old one stays in use: ${error}`,
    hint: 'run: backup-syncd check-config',
  };
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

import { MOST_KEYS } from '../repository/key-file.ts';
import { linkedDirectories, pathOf } from '../repository/names.ts';
import { MOST_REFUSED } from '../facts/source-contents.ts';
import type { AlarmReason } from '../facts/source-guard.ts';
import { MOST_CORRUPT } from '../replication/sync.ts';
import { LINK_HINT } from '../replication/source-problem.ts';
import { corruptHint } from '../replication/corrupt-hint.ts';
import { agree, plural } from '../runtime/plural.ts';
import { DAY_MS, formatAgo, formatDuration } from '../runtime/units.ts';
import { describeKeys } from './in-words.ts';
import { SOURCE_SEVERITY } from './source-severity.ts';
import type { ClientReport, Finding, SourceState } from './types.ts';

type Assessed = Pick<ClientReport, 'client' | 'source'>;

/** Finds the problems of the source. Pure. */
export function sourceFindings(report: Assessed, now: number): Finding[] {
  return [
    ...stateFindings(report),
    ...alarms(report, now),
    ...keysChanged(report, now),
    ...sourceKeys(report),
    ...staleLock(report.source, now),
  ];
}

function stateFindings({ client, source }: Assessed): Finding[] {
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
      message: `the source contains ${corrupt.length < MOST_CORRUPT ? '' : 'at least '}${plural(corrupt.length, 'corrupt object')}: ${firstOf(corrupt.map(pathOf))}`,
      hint: corruptHint(client, pathOf(corrupt[0] ?? '')),
    });
  }
  const [link] = linkedDirectories(refused);
  if (link !== undefined) {
    findings.push({
      kind: 'source_refused_names',
      severity: 'warning',
      message: `${link} of the source is a symbolic link, which is never followed: new snapshots may need what is behind it, and are held back`,
      hint: LINK_HINT,
    });
  } else if (refused.length > 0) {
    findings.push({
      kind: 'source_refused_names',
      severity: 'warning',
      message: `${refused.length < MOST_REFUSED ? '' : 'at least '}${plural(refused.length, 'file')} in the source ${agree(refused.length, 'is not a regular file', 'are not regular files')}: ${firstOf(refused)}`,
      hint: 'restic creates only regular files: find out who created this. If it is a link that restic needs, replace it with the file that it leads to: no replica has that file',
    });
  }
  return findings;
}

/** Leaves out an alarm while the state of the source reports the same problem, with its own remedy. */
function alarms({ client, source }: Assessed, now: number): Finding[] {
  const { state, alarms: raised = [] } = source;
  return raised
    .filter(({ reason }) => ALARM_STATES[reason]?.includes(state) !== true)
    .map(({ reason, since, message }) => ({
      kind: `source_alarm_${reason}`,
      severity: 'critical',
      message: `${message} (alarm raised ${formatAgo(Math.max(0, now - since))})`,
      hint: `find out who did it. The backends keep what was complete, and nothing is retired. If it was intended, run: backup-syncd ack ${client} --reason TEXT`,
    }));
}

const ALARM_STATES: Readonly<Partial<Record<AlarmReason, readonly SourceState['state'][]>>> = {
  snapshots_removed: ['emptied', 'different_repository'],
  objects_removed: ['damaged'],
};

/** How long a change of keys is shown, in milliseconds. */
const KEYS_CHANGED_MS = DAY_MS;

function keysChanged({ source: { keysChanged: change } }: Assessed, now: number): Finding[] {
  if (change === undefined || now - change.changedAt >= KEYS_CHANGED_MS) return [];
  return [
    {
      kind: 'source_keys_changed',
      severity: 'warning',
      message: `${describeKeys(change)} ${formatAgo(now - change.changedAt)}`,
      hint: "if no one added or changed a password, someone else has access: see 'restic key list'",
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

function firstOf(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length > 1 ? `${first} and ${names.length - 1} more` : first;
}

/** When a lock is stale, as in the alert BackupLockStale: restic refreshes its locks every few minutes. */
const STALE_MS = DAY_MS;

/** A lock that was left behind. Backups continue, but forget and prune may not work. */
function staleLock({ oldestLockAt }: SourceState, now: number): Finding[] {
  if (oldestLockAt === undefined || now - oldestLockAt <= STALE_MS) return [];
  return [
    {
      kind: 'source_lock_stale',
      severity: 'warning',
      message: `the oldest lock of the repository is ${formatDuration(now - oldestLockAt)} old: forget and prune may not work`,
      hint: "if no running restic holds it, run 'restic unlock' on the client",
    },
  ];
}

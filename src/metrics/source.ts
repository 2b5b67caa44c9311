import {
  ALARM_REASONS,
  SOURCE_STATES,
  type ClientReport,
  type SourceState,
} from '../report/types.ts';
import { firstDue, overdueGroups } from '../report/expected-groups.ts';
import type { SOURCE } from './names.ts';
import { ageSeconds, oneHot, perObject, seconds, type ByLabel, type Values } from './values.ts';

export function sourceValues(client: ClientReport): Values<keyof typeof SOURCE> {
  const { source } = client;
  return {
    source_latest_snapshot_timestamp_seconds: seconds(source.latestSnapshotAt),
    source_latest_snapshot_age_seconds: ageSeconds(source.latestSnapshotAt, client.reportedAt),
    source_snapshots: source.snapshots,
    source_bytes: source.bytes,
    snapshot_due_timestamp_seconds: seconds(client.dueAt),
    ...groupValues(client),
    source_last_scan_timestamp_seconds: seconds(source.lastScanAt),
    source_locks: source.locks,
    source_oldest_lock_timestamp_seconds: seconds(source.oldestLockAt),
    source_corrupt_objects: corruptObjects(source),
    source_state: ONE_HOT[source.state],
    source_alarm: alarmsOf(source),
    source_keys_changed_timestamp_seconds: seconds(source.keysChanged?.changedAt),
    source_scans_total: source.scans,
    source_scan_failures_total: source.scanFailures,
  };
}

type GroupValues = Values<
  'group_due_timestamp_seconds' | 'group_missed_timestamp_seconds' | 'groups_overdue'
>;

/** The values of the expected groups. No label names a group: a path can be anything, and there can be many. */
function groupValues({ groups, reportedAt }: ClientReport): GroupValues {
  const { dueAt, missedAt } = firstDue(groups?.expected ?? []);
  return {
    group_due_timestamp_seconds: seconds(dueAt),
    group_missed_timestamp_seconds: seconds(missedAt),
    groups_overdue: groups && overdueGroups(groups, reportedAt)?.length,
  };
}

const ONE_HOT = oneHot(SOURCE_STATES);

/** Nothing is known about a source that was never checked. */
function corruptObjects({ corrupt, lastScanAt }: SourceState): number | undefined {
  return corrupt.length === 0 && lastScanAt === undefined ? undefined : corrupt.length;
}

/** Nothing is known about a source that was never checked. */
function alarmsOf({ alarms = NO_ALARMS, lastScanAt }: SourceState): ByLabel | undefined {
  return lastScanAt === undefined ? undefined : byReason(alarms);
}

const NO_ALARMS: NonNullable<SourceState['alarms']> = [];

const byReason = perObject((alarms: NonNullable<SourceState['alarms']>): ByLabel => {
  const raised = new Set(alarms.map(({ reason }) => reason));
  return Object.fromEntries(ALARM_REASONS.map((reason) => [reason, Number(raised.has(reason))]));
});

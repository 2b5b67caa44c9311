import {
  AUDIT_FINDING_NAMES,
  type ActivityState,
  type AuditState,
  type RestoresState,
} from '../report/types.ts';
import type { ACTIVITIES, RESTORES } from './proof-names.ts';
import { perObject, seconds, type ByLabel, type Values } from './values.ts';

/** No zeros for reasons that never occurred: no rule asks for them, and they would double the size of a scrape. */
export const activityValues = perObject(
  (activity: ActivityState): Values<keyof typeof ACTIVITIES> => ({
    activity_due_timestamp_seconds: seconds(activity.dueAt),
    activity_last_success_timestamp_seconds: seconds(activity.lastSuccessAt),
    activity_failures_total: activity.failures,
  }),
);

const NOTHING_FOUND: ByLabel = Object.fromEntries(AUDIT_FINDING_NAMES.map((name) => [name, 0]));

const countsOf = perObject((audit: AuditState): ByLabel => {
  const found = audit.findings.map(({ finding, count }) => [finding, count] as const);
  return { ...NOTHING_FOUND, ...Object.fromEntries(found) };
});

/** Unknown before the first audit. */
export function findingsOf(audit: AuditState | undefined): ByLabel | undefined {
  return audit && countsOf(audit);
}

export function restoreValues({
  restoredSnapshotAt,
  isGood,
}: RestoresState): Values<keyof typeof RESTORES> {
  return {
    restore_check_snapshot_timestamp_seconds: seconds(restoredSnapshotAt),
    restore_check_failed: isGood === undefined ? undefined : Number(!isGood),
  };
}

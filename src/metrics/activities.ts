import { AUDIT_FINDING_NAMES, type ActivityState, type AuditState } from '../report/types.ts';
import type { ACTIVITIES, AUDITS } from './proof-names.ts';
import { seconds, type ByLabel, type Values } from './values.ts';

/** No zeros for reasons that never occurred: no rule asks for them, and they would double the size of a scrape. */
export function activityValues(activity: ActivityState): Values<keyof typeof ACTIVITIES> {
  return {
    activity_due_timestamp_seconds: seconds(activity.dueAt),
    activity_last_success_timestamp_seconds: seconds(activity.lastSuccessAt),
    activity_failures_total: activity.failures,
  };
}

export function auditValues(audit: AuditState | undefined): Values<keyof typeof AUDITS> {
  if (audit === undefined) return { audit_findings: undefined };
  const found = audit.findings.map(({ finding, count }) => [finding, count] as const);
  return { audit_findings: { ...NOTHING_FOUND, ...Object.fromEntries(found) } };
}

const NOTHING_FOUND: ByLabel = Object.fromEntries(AUDIT_FINDING_NAMES.map((name) => [name, 0]));

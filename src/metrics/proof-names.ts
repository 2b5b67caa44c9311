import { BACKEND, CLIENT, define } from './define.ts';

const ACTIVITY = [...BACKEND, 'activity'] as const;

export const ACTIVITIES = {
  ...define(
    { kind: 'gauge', labels: ACTIVITY },
    {
      activity_due_timestamp_seconds:
        'When the activity must have succeeded again: two intervals after its last success, or after it was configured; at least one interval after the return of a backend that was away. The label backend is empty for the source.',
      activity_last_success_timestamp_seconds:
        'When the activity last succeeded. Absent before the first time.',
    },
  ),
  ...define(
    { kind: 'counter', labels: [...ACTIVITY, 'reason'] },
    {
      activity_failures_total:
        'Failed runs of the activity. Each reason is absent until its first failure.',
    },
  ),
};

export const AUDITS = define(
  { kind: 'gauge', labels: [...BACKEND, 'finding'] },
  {
    audit_findings:
      'What the last audit of the place found, by kind; 0 for what it did not find. The label backend is empty for the source. Absent before the first audit.',
  },
);

export const RESTORES = define(
  { kind: 'gauge', labels: BACKEND },
  {
    restore_check_snapshot_timestamp_seconds:
      'Time of the snapshot that was last restored from the place and found right. The label backend is empty for the source. Absent until then.',
    restore_check_failed:
      'Whether the last restore check of the place failed: 1 until a later one finds everything right. The label backend is empty for the source. Absent before the first check that said something.',
  },
);

export const RESTORE_CHECKS = define(
  { kind: 'counter', labels: [...CLIENT, 'outcome'] },
  {
    restore_checks_total:
      'Restore checks of all places of the client, by how they ended. Absent without any.',
  },
);

/** The metrics of activities, audits and restores, in the order of the scrape. */
export const PROOFS = { ...ACTIVITIES, ...AUDITS, ...RESTORES, ...RESTORE_CHECKS };

/** Every metric: name (without the prefix), kind, labels and what its value means. */
import { BACKEND, CLIENT, define } from './define.ts';
import { PROOFS } from './proof-names.ts';

export const PREFIX = 'backup_syncd_';

export const SOURCE = {
  ...define(
    { kind: 'gauge', labels: CLIENT },
    {
      source_latest_snapshot_timestamp_seconds: 'Time of the newest snapshot at the source.',
      source_latest_snapshot_age_seconds:
        'Age of the newest snapshot at the source. For people; in rules, use the timestamp.',
      source_snapshots: 'Snapshots at the source.',
      source_bytes: 'Size of all objects at the source.',
      snapshot_due_timestamp_seconds:
        'When the next snapshot is due, including the grace period. Absent when none is expected.',
      group_due_timestamp_seconds:
        'When the first of the expected hosts and paths needs a new snapshot, including the grace period. Absent when none is expected.',
      group_missed_timestamp_seconds:
        'When the first of the expected hosts and paths will have missed one more snapshot.',
      groups_overdue:
        'Expected hosts and paths whose snapshot is overdue. Absent while the host and paths of a snapshot are unknown.',
      source_last_scan_timestamp_seconds: 'When the source was last checked.',
      source_locks: 'Locks that restic holds at the source.',
      source_oldest_lock_timestamp_seconds: 'Time of the oldest lock. Absent when there is none.',
      source_keys_changed_timestamp_seconds:
        'When key files were last added or removed at the source. Absent until then.',
      source_corrupt_objects:
        'Objects at the source whose content does not match their name. They are never sent.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: [...CLIENT, 'state'] },
    { source_state: '1 for the current state of the source, 0 for all other states.' },
  ),
  ...define(
    { kind: 'gauge', labels: [...CLIENT, 'reason'] },
    {
      source_alarm:
        '1 for each alarm at the source until someone acknowledges it. Neither a retention policy nor a prune does such things.',
    },
  ),
  ...define(
    { kind: 'counter', labels: CLIENT },
    {
      source_scans_total: 'Checks of the source, including failed ones.',
      source_scan_failures_total: 'Checks of the source that failed.',
    },
  ),
};

export const BACKENDS = {
  ...define(
    { kind: 'gauge', labels: BACKEND },
    {
      backend_latest_snapshot_timestamp_seconds:
        'Time of the newest complete snapshot at the backend.',
      backend_latest_snapshot_age_seconds:
        'Age of the newest complete snapshot at the backend. For people; in rules, use the timestamp.',
      backend_replication_lag_seconds:
        'How long the backend has owed the snapshot that has waited longest; 0 when it owes none.',
      backend_snapshots:
        'Complete snapshots at the backend, including those that the source has forgotten.',
      backend_missing_snapshots: 'Snapshots of the source that are not complete at the backend.',
      backend_stale_keys:
        'Key files at the backend that the source no longer has. Each still opens the replica; retired ones count until they are destroyed.',
      backend_pending_objects:
        'Objects still to be sent. For a script without verify, only snapshots are known.',
      backend_pending_bytes: 'Size of the objects still to be sent.',
      backend_bytes: 'Size of all objects at the backend.',
      backend_surplus_snapshots:
        'Snapshots at the backend that the source no longer has, as of the last audit. Absent before the first audit.',
      backend_surplus_objects:
        'Objects at the backend that the source no longer has, as of the last audit. Absent before the first audit.',
      backend_surplus_bytes:
        'Size of the objects at the backend that the source no longer has, as of the last audit. Nothing is deleted there. Absent before the first audit.',
      backend_free_bytes: 'Free space at the backend.',
      backend_total_bytes: 'Total size of the file system at the backend.',
      backend_initial_copy:
        '1 until the first copy is complete (a full listing of the backend contained everything that the source had), then 0. Absent for a script without verify.',
      backend_up:
        'Whether the last contact, or the last run of a script, succeeded. Absent before the first.',
      backend_offline:
        '1 while the backend is away and is allowed to be (offline). Absent for a backend that should always be there.',
      backend_last_contact_timestamp_seconds: 'When the backend was last contacted.',
      backend_last_listing_timestamp_seconds: 'When everything at the backend was last listed.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: [...BACKEND, 'state'] },
    { backend_state: '1 for the current state of the backend, 0 for all other states.' },
  ),
  ...define(
    { kind: 'gauge', labels: [...BACKEND, 'reason'] },
    {
      backend_trouble:
        '1 for the reason why the backend is retrying or blocked, until a pass succeeds; 0 for all other reasons.',
    },
  ),
};

export const SYNCS = {
  ...define(
    { kind: 'counter', labels: BACKEND },
    {
      syncs_total: 'Passes over the backend, including failed ones.',
      sync_replans_total:
        'Views taken again because an object vanished from the source during the pass.',
      sync_transferred_bytes_total: 'Bytes sent to the backend.',
      sync_transferred_objects_total: 'Objects sent to the backend.',
    },
  ),
  ...define(
    { kind: 'counter', labels: [...BACKEND, 'reason'] },
    {
      sync_failures_total:
        'Failed passes over the backend. A cancelled pass does not count as a failure.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: BACKEND },
    {
      sync_consecutive_failures: 'Failed passes since the last successful one.',
      sync_last_success_timestamp_seconds:
        'When a pass last succeeded. For a script without verify, when it last exited with 0.',
      sync_last_duration_seconds: 'How long the last pass took.',
      sync_progress_timestamp_seconds: 'When data was last sent to the backend.',
    },
  ),
};

export const PROTECTION = {
  ...define(
    { kind: 'gauge', labels: CLIENT },
    {
      snapshot_copies:
        'Places that hold the newest snapshot and count as a copy, including the source. A place counts if it was reached recently.',
      snapshot_unreachable_copies:
        'Additional places that held the newest snapshot when last seen, but cannot be reached now.',
      protected_snapshot_timestamp_seconds:
        'Time of the newest protected snapshot, which is complete in the required number of places that count.',
      protection_lag_seconds:
        'How long the snapshot that has waited longest has been unprotected; 0 when all are protected.',
    },
  ),
  ...define(
    { kind: 'counter', labels: CLIENT },
    {
      snapshots_lost_unreplicated_total:
        'Snapshots that left the source before they were complete anywhere else.',
    },
  ),
};

export const SAVING = define(
  { kind: 'counter', labels: CLIENT },
  {
    state_save_failures_total:
      'Failed attempts to save the state of the client since the daemon started. They are retried every few seconds.',
  },
);

export const EXPECTATIONS = define(
  { kind: 'gauge', labels: CLIENT },
  {
    expected_snapshot_copies: 'How many places each snapshot should be in, including the source.',
    expected_snapshot_interval_seconds:
      'How often a snapshot should appear. Absent when none is expected.',
    expected_groups:
      'Combinations of a host and a path that need recent snapshots. Absent when none is expected.',
    expected_protection_lag_seconds: 'How long a snapshot may be unprotected.',
    expected_scan_interval_seconds: 'How often the source is checked.',
  },
);

export const BACKEND_EXPECTATIONS = define(
  { kind: 'gauge', labels: BACKEND },
  {
    expected_replication_lag_seconds: 'How far the backend may lag behind the source.',
    expected_contact_interval_seconds:
      'How long the backend may be away (offline). Absent for a backend that should always be there.',
  },
);

export const PAUSES = define(
  { kind: 'gauge', labels: CLIENT },
  {
    client_paused_until_timestamp_seconds:
      'Until when the client as a whole is paused. Absent while it is not.',
  },
);

export const BACKEND_PAUSES = define(
  { kind: 'gauge', labels: BACKEND },
  {
    backend_paused_until_timestamp_seconds:
      'Until when nothing is done at the backend, because it or its client is paused. Absent while neither is.',
  },
);

export const CONFIGURED = define(
  { kind: 'gauge', labels: CLIENT },
  {
    client_enabled:
      '1 for a client that is configured and enabled; 0 while it is disabled, and for a day after it is removed from the configuration.',
    client_config_valid:
      'Whether the current configuration of the client was accepted. Absent for a disabled client.',
  },
);

export const DAEMON = {
  ...define(
    { kind: 'gauge', labels: ['version', 'nodeversion', 'revision'] },
    {
      build_info:
        'Always 1. The labels are the running version, the version of Node.js, and the revision if known.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: ['tool', 'version'] },
    { tool_info: 'Always 1. The labels are a tool that was found at start, and its version.' },
  ),
  ...CONFIGURED,
  ...define(
    { kind: 'gauge', labels: [] },
    {
      config_last_reload_successful: 'Whether the configuration was read without an error.',
      config_last_reload_success_timestamp_seconds: 'When the configuration was last accepted.',
      unconfigured_repositories:
        'Repositories that were found where the configuration says `discover` and that are no clients. Absent without `discover`, and while it is unknown.',
      heartbeat_last_success_timestamp_seconds:
        'When the heartbeat URL was last fetched. Absent before the first time, and when no heartbeat is configured.',
    },
  ),
  ...define(
    { kind: 'counter', labels: [] },
    {
      log_lines_dropped_total:
        'Log lines dropped because the log was not read in time or the disk was full.',
      heartbeat_failures_total:
        'Heartbeats that could not be sent, not counting withheld ones. Absent when no heartbeat is configured.',
    },
  ),
};

/** All metrics, in the order of the scrape. */
export const METRICS = {
  ...SOURCE,
  ...BACKENDS,
  ...SYNCS,
  ...PROOFS,
  ...PROTECTION,
  ...SAVING,
  ...EXPECTATIONS,
  ...BACKEND_EXPECTATIONS,
  ...PAUSES,
  ...BACKEND_PAUSES,
  ...DAEMON,
};

export type MetricName = keyof typeof METRICS;

/** The full name, as dashboards and alert rules write it. */
export function fullName(name: MetricName): string {
  return PREFIX + name;
}

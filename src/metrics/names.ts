/** Every metric: name (without the prefix), kind, labels and what its value means. */

export const PREFIX = 'backup_syncd_';

export type MetricKind = 'gauge' | 'counter';

/** What the metrics of one group share. */
interface Shape {
  readonly kind: MetricKind;
  readonly labels: readonly string[];
}

export interface MetricSpec extends Shape {
  readonly help: string;
}

const CLIENT = ['client'] as const;
const BACKEND = ['client', 'backend'] as const;

function define<N extends string>(shape: Shape, help: Record<N, string>): Record<N, MetricSpec> {
  const specs = Object.entries<string>(help).map(([name, text]) => [
    name,
    { ...shape, help: text },
  ]);
  return Object.fromEntries(specs) as Record<N, MetricSpec>;
}

export const SOURCE = {
  ...define(
    { kind: 'gauge', labels: CLIENT },
    {
      source_latest_snapshot_timestamp_seconds: 'Time of the newest snapshot at the source.',
      source_latest_snapshot_age_seconds:
        'Age of the newest snapshot at the source, for people: rules compare the timestamp.',
      source_snapshots: 'Snapshots at the source.',
      source_bytes: 'Size of all objects at the source.',
      snapshot_due_timestamp_seconds:
        'When the next snapshot is due at the latest, grace included; absent when none is expected.',
      source_last_scan_timestamp_seconds: 'When the source was last looked at.',
      source_locks: 'Locks that restic holds at the source.',
      source_oldest_lock_timestamp_seconds: 'Time of the oldest lock; absent when there is none.',
      source_corrupt_objects:
        'Objects of the source whose content does not match their name; they are never sent.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: [...CLIENT, 'state'] },
    { source_state: '1 for the state that the source is in, 0 for all others.' },
  ),
  ...define(
    { kind: 'counter', labels: CLIENT },
    {
      source_scans_total: 'Looks at the source, failed ones included.',
      source_scan_failures_total: 'Looks at the source that failed.',
    },
  ),
};

export const BACKENDS = {
  ...define(
    { kind: 'gauge', labels: BACKEND },
    {
      backend_latest_snapshot_timestamp_seconds: 'Time of the newest complete snapshot there.',
      backend_latest_snapshot_age_seconds:
        'Age of the newest complete snapshot there, for people: rules compare the timestamp.',
      backend_replication_lag_seconds:
        'For how long the longest-waiting snapshot of the source has been owed; 0 when none is.',
      backend_snapshots: 'Complete snapshots there, those that the source has forgotten included.',
      backend_missing_snapshots: 'Snapshots of the source that are not complete there.',
      backend_stale_keys:
        'Key files there that the source does not have: each still opens the replica. Retired ones count until they are destroyed.',
      backend_pending_objects:
        'Objects that are still to be sent; of a script without verify, only snapshots are known.',
      backend_pending_bytes: 'Size of the objects that are still to be sent.',
      backend_bytes: 'Size of all objects there.',
      backend_free_bytes: 'Free space there.',
      backend_total_bytes: 'Size of the file system there, used space included.',
      backend_initial_copy:
        '1 until the baseline is reached (once, a full listing held a whole view), then 0; absent for a script without verify.',
      backend_up:
        'Whether the last contact, or the last run of a script, worked; absent before the first.',
      backend_offline:
        '1 while the backend is away, as it may be (offline); absent for one that should always be there.',
      backend_last_contact_timestamp_seconds: 'When the backend was last contacted.',
      backend_last_listing_timestamp_seconds: 'When everything there was last listed.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: [...BACKEND, 'state'] },
    { backend_state: '1 for the state that the backend is in, 0 for all others.' },
  ),
  ...define(
    { kind: 'gauge', labels: [...BACKEND, 'reason'] },
    {
      backend_trouble:
        '1 for the reason why the backend is retrying or blocked, until a pass succeeds; 0 for all others.',
    },
  ),
};

export const SYNCS = {
  ...define(
    { kind: 'counter', labels: BACKEND },
    {
      syncs_total: 'Passes over the backend, failed ones included.',
      sync_replans_total: 'Views taken anew because an object vanished from the source meanwhile.',
      sync_transferred_bytes_total: 'Bytes sent to the backend.',
      sync_transferred_objects_total: 'Objects sent to the backend.',
    },
  ),
  ...define(
    { kind: 'counter', labels: [...BACKEND, 'reason'] },
    { sync_failures_total: 'Failed passes over the backend; a cancelled one is no failure.' },
  ),
  ...define(
    { kind: 'gauge', labels: BACKEND },
    {
      sync_consecutive_failures: 'Failed passes since the last one that succeeded.',
      sync_last_success_timestamp_seconds:
        'When a pass last succeeded; of a script without verify, when it last exited with 0.',
      sync_last_duration_seconds: 'How long the last pass took.',
      sync_progress_timestamp_seconds: 'When something was last moved to the backend.',
    },
  ),
};

export const PROTECTION = {
  ...define(
    { kind: 'gauge', labels: CLIENT },
    {
      snapshot_copies:
        'Places that hold the newest snapshot and count, the source being one: those that were reached lately.',
      snapshot_unreachable_copies:
        'Further places that held the newest snapshot when they were last seen, and cannot be reached now.',
      protected_snapshot_timestamp_seconds:
        'Time of the newest protected snapshot: complete in as many places that count as expected.',
      protection_lag_seconds:
        'For how long the longest-waiting unprotected snapshot has been owed; 0 when none is.',
    },
  ),
  ...define(
    { kind: 'counter', labels: CLIENT },
    {
      snapshots_lost_unreplicated_total:
        'Snapshots that were gone from the source before they were complete anywhere else.',
    },
  ),
};

export const SAVING = define(
  { kind: 'counter', labels: CLIENT },
  {
    state_save_failures_total:
      'Attempts to save what is known of the client that failed, since the start; they are repeated every few seconds.',
  },
);

export const EXPECTATIONS = define(
  { kind: 'gauge', labels: CLIENT },
  {
    expected_snapshot_copies:
      'In how many places each snapshot should be, the source counting as one.',
    expected_snapshot_interval_seconds:
      'How often a snapshot should appear; absent when none is expected.',
    expected_protection_lag_seconds: 'For how long a snapshot may be unprotected.',
    expected_scan_interval_seconds: 'How often the source is looked at.',
  },
);

export const BACKEND_EXPECTATIONS = define(
  { kind: 'gauge', labels: BACKEND },
  {
    expected_replication_lag_seconds: 'How far the backend may lag behind the source.',
    expected_contact_interval_seconds:
      'For how long the backend may be away (offline); absent for one that should always be there.',
  },
);

export const CONFIGURED = define(
  { kind: 'gauge', labels: CLIENT },
  {
    client_enabled:
      '1 for a client that is configured, 0 for a day for one that was removed from the configuration.',
    client_config_valid: 'Whether the configuration of the client was accepted as it is now.',
  },
);

export const DAEMON = {
  ...define(
    { kind: 'gauge', labels: ['version', 'nodeversion', 'revision'] },
    {
      build_info: 'Always 1: the version that runs, of Node.js too, and the revision where known.',
    },
  ),
  ...define(
    { kind: 'gauge', labels: ['tool', 'version'] },
    { tool_info: 'Always 1: a tool that was found at start, and its version.' },
  ),
  ...CONFIGURED,
  ...define(
    { kind: 'gauge', labels: [] },
    {
      config_last_reload_successful: 'Whether the configuration was read without an error.',
      config_last_reload_success_timestamp_seconds: 'When the configuration was last accepted.',
      heartbeat_last_success_timestamp_seconds:
        'When the URL of the heartbeat was last fetched; absent before, and when there is none.',
    },
  ),
  ...define(
    { kind: 'counter', labels: [] },
    {
      log_lines_dropped_total:
        'Lines of the log that were dropped because nobody read them or the disk was full.',
      heartbeat_failures_total:
        'Heartbeats that could not be sent; one that was withheld is none. Absent when there is no heartbeat.',
    },
  ),
};

/** In the order of the scrape. */
export const METRICS = {
  ...SOURCE,
  ...BACKENDS,
  ...SYNCS,
  ...PROTECTION,
  ...SAVING,
  ...EXPECTATIONS,
  ...BACKEND_EXPECTATIONS,
  ...DAEMON,
};

export type MetricName = keyof typeof METRICS;

/** The full name, as dashboards and alert rules write it. */
export function fullName(name: MetricName): string {
  return PREFIX + name;
}

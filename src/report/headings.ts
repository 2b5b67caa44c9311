import type { FindingKind } from './types.ts';

/** What a finding is about, in a few words, the same for every client. For a backend, the words follow its name. */
const HEADINGS: Readonly<Record<FindingKind, string>> = {
  snapshot_overdue: 'no new snapshot in time',
  source_not_looked_at: 'the source has not been checked lately',
  source_missing: 'the source is missing',
  source_unreadable: 'the source cannot be read',
  source_empty: 'the source is empty',
  source_not_a_repository: 'the source is not a restic repository',
  source_emptied: 'the source has lost all its snapshots',
  source_erasure_format: "the source is in MinIO's own format",
  source_config_changed: "the source's config has changed",
  source_different_repository: 'the source is a different repository than before',
  source_busy: 'the source keeps changing',
  source_timeout: 'the source does not answer in time',
  source_suspect: 'files have vanished from the source, perhaps on purpose',
  source_damaged: 'files have vanished from the source',
  source_corrupt_objects: 'the source contains corrupt files',
  source_lock_stale: 'a lock was left at the source',
  source_alarm_snapshots_removed: 'alarm: snapshots were removed from the source',
  source_alarm_objects_changed: 'alarm: files of the source were overwritten',
  source_alarm_objects_removed: 'alarm: files were removed from the source',
  source_keys_changed: 'the keys of the source changed',
  source_refused_names: 'the source contains links or other irregular files',
  source_malformed_keys: 'the source contains malformed keys',
  source_too_many_keys: 'the source has too many keys',
  not_protected: 'too few copies',
  backend_unreachable: 'cannot be reached',
  backend_auth: 'refuses the credentials',
  backend_permission: 'denies access',
  backend_no_space: 'is full',
  backend_not_initialised: 'is not set up',
  backend_not_mounted: 'is not mounted',
  backend_diverged: "does not have the source's config",
  backend_damaged: 'is damaged',
  backend_source_busy: 'is waiting: the source keeps changing',
  backend_source_unavailable: 'is waiting: the source cannot be read',
  backend_source_corrupt: 'is waiting: the source is damaged',
  backend_verify: 'does not have what was sent',
  backend_tool: 'failed: a tool or system call reported an error',
  backend_timeout: 'does not answer in time',
  backend_internal: 'failed for an unknown reason',
  backend_lagging: 'is behind',
  backend_stale_keys: 'can still be opened with removed keys',
  backend_too_many_keys: 'has too many keys',
  configuration_refused: 'the new configuration was refused',
  client_refused: 'refused and not running',
  client_unknown: 'nothing is known yet',
  state_not_saved: 'the state cannot be saved',
  loop_stalled: 'the daemon does not check the source',
  nothing_configured: 'no client is configured',
};

/** The heading of a kind; for one that only a newer daemon knows, its name. */
export function headingOf(kind: FindingKind): string {
  const headings: Readonly<Record<string, string>> = HEADINGS;
  return headings[kind] ?? kind.replaceAll('_', ' ');
}

import type { FindingKind } from '../../../src/report/types.ts';

/** The alerts of each finding, or why there is none. */
export type Answer = readonly string[] | { readonly none: string };

/** Alerts that come later: nothing new gets there, and the newest snapshot at the source or the backend grows old. */
const LATER = ['BackupSnapshotMissing'];
const UNAVAILABLE = ['BackupSourceUnavailable', ...LATER];
const SUSPECT = ['BackupSourceSuspect'];
const DOWN = ['BackupBackendDown'];
/** It is tried again with backoff; what lasts is a lag. */
const BEHIND = ['BackupReplicationLagging', 'BackupReplicationStuck'];

/** Each new kind of finding names its alert here, or the reason why it has none. */
export const ALERTS: Readonly<Record<FindingKind, Answer>> = {
  snapshot_overdue: ['BackupSnapshotMissing'],
  group_overdue: ['BackupGroupMissing'],
  groups_unread: ['BackupGroupMissing'],
  source_unreadable_snapshots: {
    none: 'it is a snapshot of no group, so the group that should have it becomes overdue',
  },
  source_not_looked_at: ['BackupSyncdStalled', 'BackupSyncdDown'],
  source_missing: UNAVAILABLE,
  source_unreadable: UNAVAILABLE,
  source_empty: UNAVAILABLE,
  source_emptied: ['BackupSourceEmptied'],
  source_not_a_repository: UNAVAILABLE,
  source_erasure_format: UNAVAILABLE,
  source_config_changed: SUSPECT,
  source_different_repository: ['BackupSourceReplaced'],
  source_busy: LATER,
  source_timeout: UNAVAILABLE,
  source_suspect: [...SUSPECT, ...BEHIND],
  source_damaged: UNAVAILABLE,
  source_corrupt_objects: ['BackupSourceCorrupt'],
  source_lock_stale: ['BackupLockStale'],
  source_alarm_snapshots_removed: ['BackupSourceAlarm'],
  source_alarm_objects_changed: ['BackupSourceAlarm'],
  source_alarm_objects_removed: ['BackupSourceAlarm'],
  source_keys_changed: ['BackupKeysChanged'],
  source_refused_names: {
    none: 'restic makes no such names, and they are never read or sent: no snapshot is at risk',
  },
  source_malformed_keys: {
    none: 'the file is not sent, so replicas stay usable; restic itself complains at the next backup',
  },
  source_too_many_keys: {
    none: 'the keys that are sent open every replica; somebody added many of them by hand',
  },
  source_proof_overdue: ['BackupProofOverdue'],
  source_restore_failed: ['BackupRestoreCheckFailed'],
  not_protected: ['BackupNotProtected'],
  backend_unreachable: DOWN,
  backend_auth: DOWN,
  backend_permission: DOWN,
  backend_no_space: DOWN,
  backend_not_initialised: DOWN,
  backend_not_mounted: DOWN,
  backend_diverged: DOWN,
  backend_damaged: ['BackupReplicaBroken'],
  backend_source_busy: BEHIND,
  backend_source_unavailable: [...UNAVAILABLE, ...BEHIND],
  backend_source_corrupt: ['BackupSourceCorrupt'],
  backend_verify: [...DOWN, ...BEHIND],
  backend_tool: [...DOWN, ...BEHIND],
  backend_timeout: DOWN,
  backend_internal: [...DOWN, ...BEHIND],
  backend_lagging: ['BackupReplicationLagging'],
  backend_stale_keys: ['BackupStaleKey'],
  backend_too_many_keys: {
    none: 'every key that is there opens the replica; new ones are not sent, and restic complains about the source',
  },
  backend_proof_overdue: ['BackupProofOverdue'],
  backend_restore_failed: ['BackupRestoreCheckFailed'],
  configuration_refused: ['BackupConfigInvalid'],
  state_not_saved: ['BackupStateNotSaved'],
  client_refused: ['BackupConfigInvalid'],
  client_unknown: {
    none: 'a client that starts; one that cannot start is refused, one that hangs is a stalled loop',
  },
  loop_stalled: ['BackupSyncdStalled'],
  nothing_configured: ['BackupClientVanished', 'BackupSyncdDown'],
};

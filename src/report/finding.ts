import type { AlarmReason } from '../facts/source-guard.ts';
import type { SourceStateName } from '../facts/source-health.ts';
import type { Reason } from '../runtime/errors.ts';

export type Severity = 'ok' | 'warning' | 'critical' | 'unknown';

/**
 * The kinds of findings: a closed set, which tests compare with the alerts. For a backend, the kinds are its reasons; for a
 * source, its states.
 */
export type FindingKind =
  | 'snapshot_overdue'
  | 'group_overdue'
  | 'groups_unread'
  | 'source_unreadable_snapshots'
  | 'source_not_looked_at'
  | `source_${Exclude<SourceStateName, 'ok' | 'unknown'>}`
  | 'source_corrupt_objects'
  | 'source_lock_stale'
  | `source_alarm_${AlarmReason}`
  | 'source_keys_changed'
  | 'source_refused_names'
  | 'source_malformed_keys'
  | 'source_too_many_keys'
  | 'source_proof_overdue'
  | 'source_restore_failed'
  | 'not_protected'
  | `backend_${Reason}`
  | 'backend_not_mounted'
  | 'backend_lagging'
  | 'backend_stale_keys'
  | 'backend_too_many_keys'
  | 'backend_proof_overdue'
  | 'backend_restore_failed'
  | 'configuration_refused'
  | 'state_not_saved'
  // about the daemon, or about a client that does not run
  | 'client_refused'
  | 'client_unknown'
  | 'loop_stalled'
  | 'nothing_configured';

/** One problem in words, with what to do about it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly backend?: string;
  readonly message: string;
  readonly hint?: string;
}

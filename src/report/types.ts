import type { BackendStateName, SyncCounters } from '../facts/attempts.ts';
import type { Doing } from '../facts/fields.ts';
import type { SyncProgress } from '../facts/progress.ts';
import type { Acknowledgement, SourceStateName } from '../facts/source-health.ts';
import type { Reason } from '../runtime/errors.ts';

export { BACKEND_STATES } from '../facts/attempts.ts';
export { SOURCE_STATES } from '../facts/source-health.ts';
export type {
  Acknowledgement,
  BackendStateName,
  Doing,
  SourceStateName,
  SyncCounters,
  SyncProgress,
};

/**
 * The report: plain data that metrics, page, status, API and tests read. Times are milliseconds since the epoch;
 * a fact that is not known is absent. In JSON documents times become ISO 8601 strings (document.ts).
 */

export interface SourceState {
  readonly state: SourceStateName;
  /** for people: the directory */
  readonly location: string;
  readonly stateSince?: number;
  readonly reason?: Reason;
  readonly message?: string;
  readonly hint?: string;
  readonly lastScanAt?: number;
  readonly scans: number;
  readonly scanFailures: number;
  readonly doing?: Doing;
  /** facts of the last valid view; kept when the source becomes unavailable */
  readonly snapshots?: number;
  readonly latestSnapshotAt?: number;
  readonly latestSnapshotId?: string;
  readonly objects?: number;
  readonly bytes?: number;
  readonly locks?: number;
  readonly oldestLockAt?: number;
  /** names (kind/id) of objects whose content does not match their name */
  readonly corrupt: readonly string[];
  /** temporary and foreign files that were passed over at the last listing */
  readonly ignored?: number;
  /** symlinks and other non-regular files that stand under an object's name */
  readonly refused: readonly string[];
  /** `keys/ID …`, with what is wrong with the file: never sent */
  readonly malformedKeys?: readonly string[];
  /** key files that are not sent, as there are more than restic should have to try */
  readonly waitingKeys?: number;
  /** when all kinds were last listed in full */
  readonly lastListing?: number;
  /** since when something has vanished that nothing explains: it is suspect or damaged */
  readonly doubtfulSince?: number;
  /** since when the source counts as no copy; absent while it does */
  readonly uncountedSince?: number;
  readonly acknowledged?: Acknowledgement;
}

export interface MissingSnapshot {
  readonly id: string;
  readonly owedSince: number;
}

/** A disk that takes turns at a backend with the one that is there now. */
export interface AwayDiskState {
  readonly lastContact?: number;
  /** until when its copies count */
  readonly expectedBackAt: number;
  readonly snapshots: number;
  readonly latestSnapshotAt?: number;
}

export interface BackendState {
  readonly backend: string;
  /** of place, as it is configured: `directory`, `rclone`, `script` */
  readonly kind: string;
  /** for people: the directory, the remote, or where the work of a script is looked at, or the script itself */
  readonly location: string;
  /** false: nothing is ever known of what is there, so it counts as no copy (a script without `verify`) */
  readonly countsAsCopy?: false;
  /** false: a program of the operator's writes there, not this one */
  readonly hasMarker?: false;
  readonly state: BackendStateName;
  readonly stateSince?: number;
  /** of the last failure, present while it lasts (states retrying and blocked) */
  readonly reason?: Reason;
  readonly message?: string;
  readonly hint?: string;
  /** nothing of ours was in this directory at the last look, and it was complete before */
  readonly isNotMounted?: true;
  /** when it was set up or resumed */
  readonly since?: number;
  readonly baselineAt?: number;
  /** whether the last contact worked; absent before the first */
  readonly up?: boolean;
  readonly lastContact?: number;
  /** since when it counts as no copy, as the last contact is too long ago; absent while it counts */
  readonly uncountedSince?: number;
  readonly lastListing?: number;
  readonly lastSuccess?: number;
  readonly lastDurationMs?: number;
  /** consecutive */
  readonly failures: number;
  readonly nextAttemptAt?: number;
  /** snapshots of the source that are not complete here; absent when that is not known */
  readonly missing?: readonly MissingSnapshot[];
  /** complete snapshots, those that the source has forgotten included */
  readonly snapshots?: number;
  readonly latestSnapshotAt?: number;
  readonly latestSnapshotId?: string;
  /** snapshots here that neither the source has nor were ever complete here: nobody can say that they are whole */
  readonly unproven?: number;
  /** key files, those that the source does not have included */
  readonly keys?: number;
  /** key files here that the source does not have; absent when that is not known */
  readonly staleKeys?: number;
  readonly objects?: number;
  readonly bytes?: number;
  readonly freeBytes?: number;
  readonly totalBytes?: number;
  readonly pendingObjects?: number;
  readonly pendingBytes?: number;
  readonly progress?: SyncProgress;
  readonly doing?: Doing;
  readonly progressAt?: number;
  /** now − the smallest owedSince of `missing`, 0 when none; absent when not known */
  readonly lagMs?: number;
  readonly maxLagMs: number;
  /** how long it may be away; absent: it should always be there */
  readonly offlineMs?: number;
  /** it is away, and may be until then */
  readonly expectedBackAt?: number;
  /** disks that take turns with the one that is there, while they may be away */
  readonly away?: readonly AwayDiskState[];
  readonly counters: SyncCounters;
}

export interface Protection {
  readonly expectedCopies: number;
  readonly expectedWithinMs: number;
  /** places that hold the newest snapshot and count, the source being one */
  readonly copies?: number;
  /** further places that held the newest snapshot when they were last seen, and cannot be reached now */
  readonly unreachableCopies?: number;
  /** time of the newest protected snapshot */
  readonly protectedSnapshotAt?: number;
  /** number of source snapshots in fewer places that count than expected */
  readonly unprotected?: number;
  /** since when the longest-waiting unprotected snapshot has been lacking in enough places */
  readonly unprotectedSince?: number;
  readonly lagMs?: number;
  /** gone from the source before they were anywhere else */
  readonly lostUnreplicated: number;
}

export type Severity = 'ok' | 'warning' | 'critical' | 'unknown';

/**
 * What kind of thing is not as it should be: a closed set, by which findings are told apart and held against the alerts.
 * Those of a backend are its reasons, those of a source its states.
 */
export type FindingKind =
  | 'snapshot_overdue'
  | 'source_not_looked_at'
  | `source_${Exclude<SourceStateName, 'ok' | 'unknown'>}`
  | 'source_corrupt_objects'
  | 'source_lock_stale'
  | 'source_refused_names'
  | 'source_malformed_keys'
  | 'source_too_many_keys'
  | 'not_protected'
  | `backend_${Reason}`
  | 'backend_not_mounted'
  | 'backend_lagging'
  | 'backend_stale_keys'
  | 'backend_too_many_keys'
  | 'configuration_refused'
  | 'state_not_saved'
  // of the daemon, or of a client that does not run
  | 'client_refused'
  | 'client_unknown'
  | 'loop_stalled'
  | 'nothing_configured';

/** One thing that is not as it should be, in words, with what to do about it. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly backend?: string;
  readonly message: string;
  readonly hint?: string;
}

/** Whether what is known of a client is saved. */
export interface Saving {
  /** since the start of the process */
  readonly failures: number;
  /** since when it has not been saved; absent while it is */
  readonly failingSince?: number;
  readonly message?: string;
  readonly hint?: string;
}

export interface ClientReport {
  readonly client: string;
  /** when this report was derived */
  readonly reportedAt: number;
  /** when the source was last seen in a valid state */
  readonly observedAt?: number;
  /** when this client was first seen in the configuration */
  readonly setUpAt: number;
  readonly pollMs: number;
  /** null: none is expected */
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
  /** when the next snapshot is due at the latest, grace included; absent when none is expected */
  readonly dueAt?: number;
  readonly configValid: boolean;
  readonly configError?: string;
  /** absent where nobody saves anything, as in what is remembered */
  readonly saving?: Saving;
  readonly source: SourceState;
  readonly backends: readonly BackendState[];
  readonly protection: Protection;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

export interface HeartbeatState {
  /** pings that failed, since the start */
  readonly failures: number;
  readonly lastSuccessAt?: number;
}

/** What all clients together are judged by. */
export interface Picture {
  readonly clients: readonly ClientReport[];
  /** clients that do not run, since their configuration, state or lock cannot be used: name and error */
  readonly refused: readonly { readonly client: string; readonly error: string }[];
  /** clients of which nothing is known now, such as those that have not started yet, and why */
  readonly unknown: readonly {
    readonly client: string;
    readonly message: string;
    readonly hint?: string;
  }[];
  /** clients whose loop does not go round, with what is said of it */
  readonly notReady: readonly { readonly client: string; readonly message: string }[];
  /** why the newest backup-syncd.yaml is not in use; absent when it is */
  readonly configError?: string;
}

/** What a daemon says beside the reports of its clients. */
export type DaemonPicture = Omit<Picture, 'clients'>;

/** What the daemon as a whole knows, beside its clients. */
export interface DaemonReport extends Picture {
  readonly version: string;
  /** of the source code, where the build knows it */
  readonly revision?: string;
  readonly nodeVersion: string;
  readonly startedAt: number;
  /** tools that were found, by name: their version */
  readonly tools: Readonly<Record<string, string>>;
  /** lines of the log that nobody took or the disk had no room for, since the start */
  readonly logLinesDropped: number;
  readonly lastReloadSuccessAt: number;
  /** clients that were removed from the configuration less than a day ago */
  readonly removed: readonly string[];
  /** absent when none is configured */
  readonly heartbeat?: HeartbeatState;
}

/** One row of `snapshots CLIENT`: where a snapshot is. */
export interface SnapshotRow {
  readonly id: string;
  /** absent for one that was never seen at the source */
  readonly snapshotAt?: number;
  /** in places that count */
  readonly copies: number;
  /** in places that held it when they were last seen, and cannot be reached now */
  readonly unreachableCopies: number;
  readonly protected: boolean;
  /** by place, the source under `source` */
  readonly places: Readonly<
    Record<string, 'complete' | 'unreachable' | 'missing' | 'unproven' | 'gone' | 'unknown'>
  >;
}

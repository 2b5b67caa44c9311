import type { BackendStateName, SyncCounters } from '../facts/attempts.ts';
import type { Doing } from '../facts/fields.ts';
import type { SyncProgress } from '../facts/progress.ts';
import type { RestoreCounts } from '../facts/restores.ts';
import type { Intervention } from '../facts/interventions.ts';
import type { Pause } from '../facts/pauses.ts';
import type { Alarm, Announcement, KeysChanged } from '../facts/source-guard.ts';
import type { Acknowledgement, SourceStateName } from '../facts/source-health.ts';
import type { Trouble } from '../facts/fields.ts';
import type { Reason } from '../runtime/errors.ts';
import type { ActivityState } from './activities.ts';
import type { Finding, FindingKind, Severity } from './finding.ts';
import type { AuditState } from './last-audit.ts';
import type { RestoresState } from './restores-state.ts';

export type { RestoresState } from './restores-state.ts';
export { BACKEND_STATES } from '../facts/attempts.ts';
export { AUDIT_FINDINGS, AUDIT_FINDING_NAMES } from '../replication/audit-findings.ts';
export { ALARM_REASONS } from '../facts/source-guard.ts';
export { SOURCE_STATES } from '../facts/source-health.ts';
export type {
  Acknowledgement,
  ActivityState,
  AuditState,
  Announcement,
  BackendStateName,
  Doing,
  Finding,
  FindingKind,
  Intervention,
  Pause,
  Severity,
  SourceStateName,
  SyncCounters,
  SyncProgress,
};

/**
 * The report: plain data that metrics, page, status, API and tests read. Times are milliseconds since the epoch;
 * an unknown fact is absent. In JSON documents times become ISO 8601 strings (document.ts).
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
  /** temporary and unrelated files that the last listing skipped */
  readonly ignored?: number;
  /** symbolic links and other non-regular files with the name of an object */
  readonly refused: readonly string[];
  /** `keys/ID …`, with what is wrong with the file: never sent */
  readonly malformedKeys?: readonly string[];
  /** key files that are not sent, because there are more than restic would try */
  readonly waitingKeys?: number;
  /** when all kinds were last listed in full */
  readonly lastListing?: number;
  /** since when something has been missing without an explanation: the source is suspect or damaged */
  readonly doubtfulSince?: number;
  /** since when the source has not counted as a copy; absent while it does */
  readonly uncountedSince?: number;
  readonly acknowledged?: Acknowledgement;
  /** removals that may be the work of an attacker; until a person acknowledges them */
  readonly alarms?: readonly Alarm[];
  /** removals that a person has announced, while they raise no alarm */
  readonly announced?: Announcement;
  /** the last time that key files came or went */
  readonly keysChanged?: KeysChanged;
  /** what is done there on its own schedule; absent if nothing is */
  readonly activities?: readonly ActivityState[];
  /** absent before the first one */
  readonly lastAudit?: AuditState;
  /** what restore checks have shown; absent before the first one */
  readonly restores?: RestoresState;
}

export interface MissingSnapshot {
  readonly id: string;
  readonly owedSince: number;
}

/** A disk that takes turns with the mounted one at a backend. */
export interface AwayDiskState {
  readonly lastContact?: number;
  /** until when its copies count */
  readonly expectedBackAt: number;
  readonly snapshots: number;
  readonly latestSnapshotAt?: number;
}

export interface BackendState {
  readonly backend: string;
  /** the configured kind of place: `directory`, `rclone`, `script` */
  readonly kind: string;
  /** for people: the directory, the remote, the place where a script's result is checked, or the script itself */
  readonly location: string;
  /** false: nothing is ever known about its content, so it does not count as a copy (a script without `verify`) */
  readonly countsAsCopy?: false;
  /** backup-syncd writes there, with its own marker; otherwise the operator's program does */
  readonly hasMarker: boolean;
  readonly state: BackendStateName;
  readonly stateSince?: number;
  /** of the last failure, present while it lasts (states retrying and blocked) */
  readonly reason?: Reason;
  readonly message?: string;
  readonly hint?: string;
  /** the marker was missing from this directory at the last check, and it was complete before */
  readonly isNotMounted?: true;
  /** when it was set up or resumed */
  readonly since?: number;
  readonly baselineAt?: number;
  /** whether the last contact worked; absent before the first */
  readonly up?: boolean;
  readonly lastContact?: number;
  /** since when it has not counted as a copy, because the last contact is too long ago; absent while it counts */
  readonly uncountedSince?: number;
  readonly lastListing?: number;
  readonly lastSuccess?: number;
  readonly lastDurationMs?: number;
  /** consecutive */
  readonly failures: number;
  readonly nextAttemptAt?: number;
  /** snapshots of the source that are not complete here; absent when unknown */
  readonly missing?: readonly MissingSnapshot[];
  /** complete snapshots, including those that the source has forgotten */
  readonly snapshots?: number;
  readonly latestSnapshotAt?: number;
  readonly latestSnapshotId?: string;
  /** snapshots here that the source does not have and that were never complete here: it is unknown whether they are intact */
  readonly unproven?: number;
  /** key files, including those that the source does not have */
  readonly keys?: number;
  /** key files here that the source does not have; absent when unknown */
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
  /** it is away, and is allowed to be until then */
  readonly expectedBackAt?: number;
  /** disks that take turns with the mounted one, while they are allowed to be away */
  readonly away?: readonly AwayDiskState[];
  /** what is done there on its own schedule, except the sync; absent if nothing is */
  readonly activities?: readonly ActivityState[];
  /** absent before the first one */
  readonly lastAudit?: AuditState;
  /** what restore checks have shown; absent before the first one */
  readonly restores?: RestoresState;
  readonly counters: SyncCounters;
  /** the pause that is in force: its own or that of its client. The state is `paused` then */
  readonly pause?: Pause;
}

/** Snapshots of one host, of one path, or of one path from one host, of which a recent one is expected. */
export interface GroupState {
  readonly host?: string;
  readonly path?: string;
  /** null: none is ever due */
  readonly snapshotEveryMs: number | null;
  readonly graceMs: number;
  /** its newest snapshot at the source; absent: there is none, or none was read */
  readonly newestId?: string;
  readonly newestAt?: number;
  /** when the next one is due, including the grace period */
  readonly dueAt?: number;
}

/** The expected groups, as far as the snapshots were read with the password. */
export interface GroupsState {
  readonly expected: readonly GroupState[];
  readonly readAt?: number;
  /** the place that they were read from: a backend or `source` */
  readonly readFrom?: string;
  /** snapshots at the source whose host and paths are unknown so far; absent while the source is unknown */
  readonly unread?: number;
  /** snapshots that the password does not open; absent if there are none */
  readonly unreadable?: number;
  /** why the snapshots cannot be read; present while that lasts */
  readonly trouble?: Trouble;
}

export interface Protection {
  readonly expectedCopies: number;
  readonly expectedWithinMs: number;
  /** the number of places that count and have the newest snapshot, including the source */
  readonly copies?: number;
  /** the number of places that had the newest snapshot when last seen, and cannot be reached now */
  readonly unreachableCopies?: number;
  /** time of the newest protected snapshot */
  readonly protectedSnapshotAt?: number;
  /** the number of source snapshots in fewer places that count than expected */
  readonly unprotected?: number;
  /** since when the unprotected snapshot that has waited longest has been in too few places */
  readonly unprotectedSince?: number;
  readonly lagMs?: number;
  /** snapshots that left the source before they were anywhere else */
  readonly lostUnreplicated: number;
}

/** Whether the state of a client is saved. */
export interface Saving {
  /** since the start of the process */
  readonly failures: number;
  /** since when saving has failed; absent while it works */
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
  /** when the next snapshot is due, including the grace period; absent when none is expected */
  readonly dueAt?: number;
  readonly configValid: boolean;
  readonly configError?: string;
  /** absent where nothing is saved, as in a remembered report */
  readonly saving?: Saving;
  readonly source: SourceState;
  readonly backends: readonly BackendState[];
  /** the pause of the client as a whole; absent while none is in force */
  readonly pause?: Pause;
  readonly protection: Protection;
  /** how restore checks ended; absent before the first one */
  readonly restoreChecks?: RestoreCounts;
  /** absent where no groups are expected */
  readonly groups?: GroupsState;
  readonly severity: Severity;
  readonly findings: readonly Finding[];
}

export interface HeartbeatState {
  /** pings that failed, since the start */
  readonly failures: number;
  readonly lastSuccessAt?: number;
}

/** A client that is disabled: it is not checked, and nothing about it is a problem. */
export interface DisabledState {
  readonly client: string;
  readonly reason?: string;
  readonly since?: number;
  readonly by?: string;
}

/** The repositories that `discover` found and that are no clients. */
export interface DiscoveryState {
  readonly glob: string;
  /** the number of repositories that are no clients; absent while it is unknown */
  readonly unconfigured?: number;
  /** the first of them, each with the reason and what to do */
  readonly unused: readonly { readonly directory: string; readonly message: string }[];
  /** there are more directories than are checked */
  readonly isCut?: true;
  /** why the directories could not be checked */
  readonly fault?: string;
}

/** The facts that decide the overall state. */
export interface Picture {
  readonly clients: readonly ClientReport[];
  /** clients that do not run because their configuration, state or lock cannot be used: name and error */
  readonly refused: readonly { readonly client: string; readonly error: string }[];
  /** clients about which nothing is known, such as those that have not started yet, and why */
  readonly unknown: readonly {
    readonly client: string;
    readonly message: string;
    readonly hint?: string;
  }[];
  /** clients that are disabled in the configuration, by name */
  readonly disabled?: readonly DisabledState[];
  /** absent where nothing is to be discovered; changes no severity */
  readonly discovery?: DiscoveryState;
  /** clients whose loop is stalled, with the message */
  readonly notReady: readonly { readonly client: string; readonly message: string }[];
  /** why the new backup-syncd.yaml is not in use; absent when it is */
  readonly configError?: string;
}

/** The data of a daemon in addition to the reports of its clients. */
export type DaemonPicture = Omit<Picture, 'clients'>;

/** The data of the daemon itself. */
export interface DaemonReport extends Picture {
  readonly version: string;
  /** of the source code, if the build knows it */
  readonly revision?: string;
  readonly nodeVersion: string;
  readonly startedAt: number;
  /** tools that were found, by name: their version */
  readonly tools: Readonly<Record<string, string>>;
  /** log lines dropped since the start, because the log was not read or the disk was full */
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
  /** absent for a snapshot that was never seen at the source */
  readonly snapshotAt?: number;
  /** the number of places that count and have it */
  readonly copies: number;
  /** the number of places that had it when last seen, and cannot be reached now */
  readonly unreachableCopies: number;
  readonly protected: boolean;
  /** as the snapshot itself says; absent while it is unknown. Long texts are cut */
  readonly host?: string;
  /** the first ones */
  readonly paths?: readonly string[];
  readonly hasMorePaths?: true;
  /** the password does not open it */
  readonly isUnreadable?: true;
  /** by place, the source under `source` */
  readonly places: Readonly<
    Record<string, 'complete' | 'unreachable' | 'missing' | 'unproven' | 'gone' | 'unknown'>
  >;
}

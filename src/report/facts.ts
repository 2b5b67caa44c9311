import type { SourceRecord } from '../replication/source-record.ts';
import type { Arrivals } from '../repository/arrivals.ts';
import type { PackArrival } from '../repository/pack-arrivals.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import type { Held } from '../repository/held.ts';
import type { Objects } from '../repository/objects.ts';
import type { Claims, LatestSnapshot, SnapshotTimes } from '../repository/snapshot-times.ts';
import type { Reason } from '../runtime/errors.ts';
import type {
  Acknowledgement,
  BackendStateName,
  Doing,
  SourceStateName,
  SyncCounters,
  SyncProgress,
} from './types.ts';

/**
 * What is known of a client: changed by its loops, kept across restarts, and turned into the report by `deriveReport`.
 * Immutable values; times are milliseconds since the epoch; what is not known is undefined.
 */
export interface ClientFacts {
  readonly client: string;
  /** when this client was first seen in the configuration */
  readonly setUpAt: number;
  /** what was remembered of that, while it lies ahead of the clock */
  readonly setUpClaimed?: number | undefined;
  readonly source: SourceFacts;
  readonly backends: ReadonlyMap<string, BackendFacts>;
  /** of every snapshot that is at the source or complete at a backend */
  readonly times: SnapshotTimes;
  /** of those whose time lies ahead of the clock */
  readonly claims: Claims;
  readonly lostUnreplicated: number;
}

/** What went wrong, while it lasts. */
export interface Trouble {
  readonly reason: Reason;
  readonly message: string;
  readonly hint?: string | undefined;
  /** nothing of ours was in a directory that was complete before */
  readonly isNotMounted?: true | undefined;
}

/** A fault of the source for which one look is no proof. */
export interface Noticed {
  readonly fault: 'emptied' | 'different_repository';
  /** a person has said that this is meant */
  readonly isAccepted?: true | undefined;
}

export interface SourceFacts {
  readonly state: SourceStateName;
  readonly stateSince?: number | undefined;
  readonly trouble?: Trouble | undefined;
  readonly configSha256?: string | undefined;
  readonly lastScanAt?: number | undefined;
  /** when a valid view was last confirmed */
  readonly observedAt?: number | undefined;
  readonly scans: number;
  readonly scanFailures: number;
  readonly doing?: Doing | undefined;
  /** of the last valid view */
  readonly snapshots?: Catalogue | undefined;
  readonly latest?: LatestSnapshot | undefined;
  readonly objects?: number | undefined;
  readonly bytes?: number | undefined;
  readonly locks?: number | undefined;
  readonly oldestLockAt?: number | undefined;
  readonly ignored?: number | undefined;
  readonly refused: readonly string[];
  /** packs that came lately, and what is known to need none of them; kept across restarts for corrupt ones only */
  readonly arrivals?: readonly PackArrival[] | undefined;
  /** ids of the key files that are sent */
  readonly acceptedKeys?: readonly string[] | undefined;
  /** every key file at the source, whether it is sent or not; undefined until it is listed */
  readonly listedKeys?: Catalogue | undefined;
  /** `keys/ID …`, with what is wrong with it: these are never sent */
  readonly malformedKeys?: readonly string[] | undefined;
  /** key files that are not sent, as there are so many */
  readonly waitingKeys?: number | undefined;
  /** when all kinds were last listed in full */
  readonly lastListing?: number | undefined;
  /** to notice what vanishes; undefined before the first valid view */
  readonly record?: SourceRecord | undefined;
  /** since when something has vanished that nothing explains: it is suspect or damaged */
  readonly doubtfulSince?: number | undefined;
  /** what a look has found that only the next one makes certain; until there is a valid view again */
  readonly noticed?: Noticed | undefined;
  /** since when the source counts as no copy, whatever the reasons were */
  readonly uncountedSince?: number | undefined;
  /** the last time that a person accepted what was gone */
  readonly acknowledged?: Acknowledgement | undefined;
}

/** What is known of one disk of a backend, and is kept while another one is in its place. */
export type DiskFacts = Pick<
  BackendFacts,
  | 'since'
  | 'baselineAt'
  | 'lastContact'
  | 'lastListing'
  | 'missing'
  | 'evaluatedFor'
  | 'complete'
  | 'latest'
  | 'proven'
  | 'unproven'
  | 'arrivals'
  | 'lost'
  | 'lostUnnamed'
  | 'held'
  | 'keys'
  | 'staleKeys'
  | 'objects'
  | 'bytes'
>;

export interface BackendFacts {
  readonly state: BackendStateName;
  readonly stateSince?: number | undefined;
  readonly trouble?: Trouble | undefined;
  /** when it was first seen in the configuration */
  readonly configuredAt: number;
  /** of the marker, or what stands for one: another one means another place */
  readonly markerId?: string | undefined;
  /** disks of this backend that are not there now, by the ids of their markers */
  readonly disks?: ReadonlyMap<string, DiskFacts> | undefined;
  /** when it was set up or resumed; undefined until it was seen */
  readonly since?: number | undefined;
  readonly baselineAt?: number | undefined;
  readonly up?: boolean | undefined;
  /** the last pass that failed did not reach it at all */
  readonly isMissed?: boolean | undefined;
  readonly lastContact?: number | undefined;
  readonly lastListing?: number | undefined;
  readonly lastSuccess?: number | undefined;
  /** `config` of the view that was last whole where a script brings it */
  readonly wholeConfig?: string | undefined;
  /** the snapshots at the source when a script last succeeded */
  readonly told?: Catalogue | undefined;
  readonly lastDurationMs?: number | undefined;
  readonly lastAttemptAt?: number | undefined;
  readonly failures: number;
  readonly nextAttemptAt?: number | undefined;
  /** source snapshots that are owed, with the time since which; undefined when it is not known */
  readonly missing?: ReadonlyMap<string, number> | undefined;
  /** the source snapshots that `missing` was made for */
  readonly evaluatedFor?: Catalogue | undefined;
  /** complete snapshots, those that the source has forgotten included */
  readonly complete?: Catalogue | undefined;
  readonly latest?: LatestSnapshot | undefined;
  /** snapshots that were complete here at some time: that holds when the source forgets them */
  readonly proven?: Catalogue | undefined;
  /** snapshots here that neither the source has nor were ever complete here */
  readonly unproven?: Catalogue | undefined;
  readonly arrivals?: Arrivals | undefined;
  /** objects that were here and are not any more */
  readonly lost: Objects;
  /** of those, how many nobody can name */
  readonly lostUnnamed?: number | undefined;
  /** what should be here, as it was last proven */
  readonly held?: Held | undefined;
  /** key files there that the source does not have */
  readonly staleKeys?: number | undefined;
  /** all key files there */
  readonly keys?: number | undefined;
  readonly objects?: number | undefined;
  readonly bytes?: number | undefined;
  readonly freeBytes?: number | undefined;
  readonly totalBytes?: number | undefined;
  readonly pendingObjects?: number | undefined;
  readonly pendingBytes?: number | undefined;
  readonly progress?: SyncProgress | undefined;
  readonly doing?: Doing | undefined;
  readonly progressAt?: number | undefined;
  /** names (kind/id) of source objects that did not match their name when they were to be sent here */
  readonly corrupt: readonly string[];
  readonly counters: SyncCounters;
}

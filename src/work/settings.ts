/** The settings of a backend that the work there needs, from its configuration and its kind. */
export interface BackendSettings {
  readonly name: string;
  readonly minFreeBytes: number;
  /** how far it may lag behind the source */
  readonly maxLagMs: number;
  /** how long it may be away; absent: it should always be there */
  readonly offlineMs?: number;
  /** programs that mount, wake and release it */
  readonly around?: object;
  /** objects come from or go to a remote */
  readonly isFar: boolean;
  readonly intervals: CheckIntervals;
  readonly traits: WorkTraits;
}

/** How often a backend that owes nothing is inspected; milliseconds. */
export interface CheckIntervals {
  /** between two inspections; undefined: with each poll, because they cost almost nothing */
  readonly probeEveryMs: number | undefined;
  /** a full listing is at most this old */
  readonly auditEveryMs: number;
}

/** The differences between kinds of backends that matter for the work there. */
export interface WorkTraits {
  /** backup-syncd writes there, with its own marker; otherwise the operator's program does */
  readonly hasMarker: boolean;
  /** a replica there can be checked, so it counts as a copy */
  readonly countsAsCopy: boolean;
  /** a successful pass shows that the backend is up, like an inspection elsewhere */
  readonly isRunContact: boolean;
  /** a pass may delete there what the source has lost */
  readonly mayDelete: boolean;
}

/** What the work at a backend needs to know of it, from its configuration and its kind. */
export interface BackendSettings {
  readonly name: string;
  readonly minFreeBytes: number;
  /** how long it may be away; absent: it should always be there */
  readonly offlineMs?: number;
  /** programs that mount, wake and release it */
  readonly around?: object;
  readonly pace: Pace;
  readonly traits: WorkTraits;
}

/** How often a backend that owes nothing is looked at; milliseconds. */
export interface Pace {
  /** between two looks; undefined: with each poll, as they cost next to nothing */
  readonly probeEveryMs: number | undefined;
  /** a full listing is at most this old */
  readonly listEveryMs: number;
}

/** What differs between kinds of backends in what is done there. */
export interface WorkTraits {
  /** this program writes there, below a marker of its own; else a program of the operator's does */
  readonly hasMarker: boolean;
  /** a replica there can be looked at, so that it counts as a copy */
  readonly countsAsCopy: boolean;
  /** a pass that succeeds shows that the backend is up, as a look does elsewhere */
  readonly isRunContact: boolean;
  /** a pass may delete there what the source has lost: nobody knows */
  readonly mayDelete: boolean;
}

import * as z from 'zod/mini';
import { SHARD_COUNT } from '../repository/data-catalogue.ts';
import { SET_COUNT } from '../repository/held.ts';
import { REASONS } from '../runtime/errors.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../report/types.ts';

/** The state file: one JSON file a client, no per-object database (I8). Times are milliseconds since the epoch. */

export const STATE_VERSION = 1;

// zod would write code for each schema, which takes longer than to parse the one file that a short pass reads
z.config({ jitless: true });

const time = z.number();
const count = z.int().check(z.nonnegative());
const ID = /^[0-9a-f]{64}$/;
const id = z.string().check(z.regex(ID));

const Trouble = z.object({
  reason: z.enum(REASONS),
  message: z.string(),
  hint: z.optional(z.string()),
  isNotMounted: z.optional(z.literal(true)),
});

const Locks = z.object({
  count,
  newestAt: z.optional(time),
  changedAt: z.optional(time),
});

/** What is remembered of the objects at the source (replication/source-record.ts). */
const SourceRecord = z.object({
  index: z.array(id),
  /** of each of the 256 directories of `data/`: how many packs, and a digest of their ids */
  packs: z.object({
    counts: z.array(count).check(z.length(SHARD_COUNT)),
    digests: z.array(z.string()).check(z.length(SHARD_COUNT)),
  }),
  newIndex: z.optional(z.object({ ids: z.array(id), at: time })),
  early: count,
  replacedAt: z.optional(time),
  vanished: z.optional(
    z.object({
      since: time,
      count,
      total: count,
      excused: count,
      isPending: z.boolean(),
      /** absent when not all are known, or when there are very many */
      ids: z.optional(z.array(id)),
    }),
  ),
  lostIndex: z.optional(z.array(id)),
  hasPacksSince: z.boolean(),
  incompleteLooks: count,
  isReplacing: z.boolean(),
  lookedAt: time,
  locks: z.optional(Locks),
  locksTell: z.boolean(),
});

const Acknowledgement = z.object({
  acknowledgedAt: time,
  by: z.string(),
  reason: z.string(),
  state: z.enum(['suspect', 'damaged', 'emptied']),
  message: z.string(),
});

const Source = z.object({
  state: z.enum(SOURCE_STATES),
  stateSince: z.optional(time),
  trouble: z.optional(Trouble),
  configSha256: z.optional(z.string()),
  lastScanAt: z.optional(time),
  observedAt: z.optional(time),
  scans: count,
  scanFailures: count,
  /** false: no valid view was ever taken */
  isKnown: z.boolean(),
  objects: z.optional(count),
  bytes: z.optional(count),
  locks: z.optional(count),
  oldestLockAt: z.optional(time),
  ignored: z.optional(count),
  refused: z.array(z.string()),
  /** corrupt packs, and what was in a valid view before they came */
  arrivals: z.optional(
    z.array(z.object({ packs: z.array(id), snapshots: z.array(id), index: z.array(id) })),
  ),
  acceptedKeys: z.optional(z.array(id)),
  malformedKeys: z.optional(z.array(z.string())),
  waitingKeys: z.optional(count),
  lastListing: z.optional(time),
  record: z.optional(SourceRecord),
  doubtfulSince: z.optional(time),
  noticed: z.optional(
    z.object({
      fault: z.enum(['emptied', 'different_repository']),
      isAccepted: z.optional(z.literal(true)),
    }),
  ),
  uncountedSince: z.optional(time),
  acknowledged: z.optional(Acknowledgement),
});

const Lost = z.object({ keys: z.array(id), data: z.array(id), index: z.array(id) });

/** What should be at a backend: of each of its directories how many objects, their size, and a digest of their ids. */
const Held = z.object({
  counts: z.array(count).check(z.length(SET_COUNT)),
  bytes: z.array(z.number()).check(z.length(SET_COUNT)),
  digests: z.array(z.string()).check(z.length(SET_COUNT)),
});

/** What is known of one disk of a backend. */
const disk = {
  since: z.optional(time),
  baselineAt: z.optional(time),
  lastContact: z.optional(time),
  lastListing: z.optional(time),
  /** owed source snapshots and since when; absent: nothing is known of it */
  missing: z.optional(z.record(id, time)),
  /** complete snapshots that the source has forgotten */
  retained: z.array(id),
  /** snapshots there that nobody can say anything of */
  unproven: z.optional(z.array(id)),
  /** in which order indexes and snapshots came */
  arrivals: z.optional(z.object({ seen: z.array(z.string()), order: z.array(z.string()) })),
  lost: Lost,
  lostUnnamed: z.optional(count),
  held: z.optional(Held),
  staleKeys: z.optional(count),
  keys: z.optional(count),
  objects: z.optional(count),
  bytes: z.optional(count),
};
const Disk = z.object(disk);

const Backend = z.object({
  ...disk,
  state: z.enum(BACKEND_STATES),
  stateSince: z.optional(time),
  trouble: z.optional(Trouble),
  configuredAt: time,
  markerId: z.optional(z.string()),
  /** disks that are away, by the ids of their markers */
  disks: z.optional(z.record(z.string(), Disk)),
  up: z.optional(z.boolean()),
  isMissed: z.optional(z.boolean()),
  lastSuccess: z.optional(time),
  lastDurationMs: z.optional(z.number()),
  failures: count,
  wholeConfig: z.optional(z.string()),
  /** the snapshots at the source when a script last succeeded, by what sets them apart from those that are there now */
  told: z.optional(z.object({ lacks: z.array(id), gone: z.array(id) })),
  freeBytes: z.optional(z.number()),
  totalBytes: z.optional(z.number()),
  pendingObjects: z.optional(count),
  pendingBytes: z.optional(count),
  progressAt: z.optional(time),
  corrupt: z.array(z.string()),
  counters: z.object({
    syncs: count,
    failures: z.partialRecord(z.enum(REASONS), count),
    replans: count,
    transferredObjects: count,
    transferredBytes: count,
  }),
});

interface StoredSnapshot {
  /** its time */
  readonly t: number;
  /** when it arrived, if that is another time */
  readonly a?: number | undefined;
  /** its time as remembered, while that lies ahead of the clock; and when it arrived, if that is another time */
  readonly c?: number | undefined;
  readonly ca?: number | undefined;
  /** while it is at the source */
  readonly s?: 1 | undefined;
}

/** By hand: there can be thousands, which would take a one-shot pass longer than all the rest of its state. */
const snapshots = z.custom<Readonly<Record<string, StoredSnapshot>>>(
  (value) =>
    isMap(value) && Object.entries(value).every(([key, each]) => ID.test(key) && isSnapshot(each)),
);

function isSnapshot(value: unknown): value is StoredSnapshot {
  if (!isMap(value)) return false;
  const stored = value as Partial<Record<keyof StoredSnapshot, unknown>>;
  const { t, a = t, c = t, ca = c, s = 1 } = stored;
  return [t, a, c, ca].every(Number.isFinite) && s === 1;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const ClientState = z.object({
  schemaVersion: z.literal(STATE_VERSION),
  client: z.string(),
  writtenAt: time,
  setUpAt: time,
  setUpClaimed: z.optional(time),
  lostUnreplicated: count,
  source: Source,
  snapshots,
  backends: z.record(z.string(), Backend),
});
export type ClientState = z.infer<typeof ClientState>;
export type StoredSourceRecord = z.infer<typeof SourceRecord>;
export type StoredHeld = z.infer<typeof Held>;
export type StoredDisk = z.infer<typeof Disk>;
export type StoredBackend = z.infer<typeof Backend>;

import * as z from 'zod';
import { REASONS } from '../runtime/errors.ts';
import { BACKEND_STATES, SOURCE_STATES } from '../report/types.ts';

/** The state file: one JSON file a client, no per-object database (I8). Times are milliseconds since the epoch. */

export const STATE_VERSION = 1;

// zod writes code of its own for each schema, which cannot be compiled ahead, and takes longer than what is parsed by it
z.config({ jitless: true });

const time = z.number();
const count = z.number().int().nonnegative();
const ID = /^[0-9a-f]{64}$/;
const id = z.string().regex(ID);

const Trouble = z.object({
  reason: z.enum(REASONS),
  message: z.string(),
  hint: z.string().optional(),
});

const Source = z.object({
  state: z.enum(SOURCE_STATES),
  stateSince: time.optional(),
  trouble: Trouble.optional(),
  configSha256: z.string().optional(),
  lastScanAt: time.optional(),
  observedAt: time.optional(),
  scans: count,
  scanFailures: count,
  /** false: no valid view was ever taken */
  isKnown: z.boolean(),
  objects: count.optional(),
  bytes: count.optional(),
  locks: count.optional(),
  oldestLockAt: time.optional(),
  ignored: count.optional(),
  refused: z.array(z.string()),
});

const Lost = z.object({ keys: z.array(id), data: z.array(id), index: z.array(id) });

const Backend = z.object({
  state: z.enum(BACKEND_STATES),
  stateSince: time.optional(),
  trouble: Trouble.optional(),
  configuredAt: time,
  markerId: z.string().optional(),
  since: time.optional(),
  baselineAt: time.optional(),
  up: z.boolean().optional(),
  lastContact: time.optional(),
  lastListing: time.optional(),
  lastSuccess: time.optional(),
  wholeAt: time.optional(),
  lastDurationMs: z.number().optional(),
  failures: count,
  /** owed source snapshots and since when; absent: nothing is known of this backend */
  missing: z.record(id, time).optional(),
  /** complete snapshots that the source has forgotten */
  retained: z.array(id),
  lost: Lost,
  wholeConfig: z.string().optional(),
  /** the snapshots at the source when a script last succeeded, by what sets them apart from those that are there now */
  told: z.object({ lacks: z.array(id), gone: z.array(id) }).optional(),
  objects: count.optional(),
  bytes: count.optional(),
  freeBytes: z.number().optional(),
  totalBytes: z.number().optional(),
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
  const { t, a = t, s = 1 } = value as Partial<Record<keyof StoredSnapshot, unknown>>;
  return Number.isFinite(t) && Number.isFinite(a) && s === 1;
}

function isMap(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const ClientState = z.object({
  schemaVersion: z.literal(STATE_VERSION),
  client: z.string(),
  writtenAt: time,
  setUpAt: time,
  lostUnreplicated: count,
  source: Source,
  snapshots,
  backends: z.record(z.string(), Backend),
});
export type ClientState = z.infer<typeof ClientState>;
export type StoredBackend = z.infer<typeof Backend>;

import * as z from 'zod/mini';
import { EMPTY_CATALOGUE, type Catalogue, namesToSet } from '../repository/catalogue.ts';
import {
  NO_CLAIMS,
  SnapshotTimes,
  type Claims,
  type SnapshotTime,
} from '../repository/snapshot-times.ts';
import { count, isId, isMap, time } from './fields.ts';

interface StoredSnapshot {
  /** its time */
  readonly t: number;
  /** when it arrived, if that is another time */
  readonly a?: number | undefined;
  /** its remembered time, while that is ahead of the clock; and when it arrived, if that differs */
  readonly c?: number | undefined;
  readonly ca?: number | undefined;
  /** while it is at the source */
  readonly s?: 1 | undefined;
}

/** Checked by hand, like everything that can be long. */
const snapshots = z.custom<Readonly<Record<string, StoredSnapshot>>>(
  (value) =>
    isMap(value) && Object.entries(value).every(([key, each]) => isId(key) && isSnapshot(each)),
);

function isSnapshot(value: unknown): value is StoredSnapshot {
  if (!isMap(value)) return false;
  const stored = value as Partial<Record<keyof StoredSnapshot, unknown>>;
  const { t, a = t, c = t, ca = c, s = 1 } = stored;
  return [t, a, c, ca].every(Number.isFinite) && s === 1;
}

/** The stored form: each snapshot with its times, and whether it is at the source. */
export const StoredHistory = z.object({
  setUpAt: time,
  setUpClaimed: z.optional(time),
  lostUnreplicated: count,
  snapshots,
});
type StoredHistory = z.output<typeof StoredHistory>;

/** When a client and its snapshots were first seen: one value for all places. The snapshot tracker writes it. */
export interface History {
  /** when this client was first seen in the configuration */
  readonly setUpAt: number;
  /** its remembered value, while that is ahead of the clock */
  readonly setUpClaimed?: number | undefined;
  /** the times of every snapshot that is at the source or complete at a backend */
  readonly times: SnapshotTimes;
  /** of snapshots whose time is ahead of the clock */
  readonly claims: Claims;
  /** snapshots that left the source before they were anywhere else */
  readonly lostUnreplicated: number;
}

/** The history of a new client at `now` (milliseconds since the epoch). */
export function newHistory(now: number): History {
  return { setUpAt: now, times: new SnapshotTimes(), claims: NO_CLAIMS, lostUnreplicated: 0 };
}

/**
 * Encodes a history for storage. Pure.
 *
 * @param source the snapshots there
 */
export function storeHistory(
  { times, claims, ...rest }: History,
  source: Catalogue = EMPTY_CATALOGUE,
): StoredHistory {
  const snapshots: Record<string, StoredSnapshot> = {};
  for (const [id, { time, arrivedAt }] of times.entries()) {
    snapshots[id] = {
      t: time,
      ...(arrivedAt !== time && { a: arrivedAt }),
      ...storeClaim(claims.get(id)),
      ...(source.has(id) && { s: 1 as const }),
    };
  }
  return { ...rest, snapshots };
}

function storeClaim(claim: SnapshotTime | undefined): { c?: number; ca?: number } {
  if (claim === undefined) return {};
  const { time, arrivedAt } = claim;
  return { c: time, ...(arrivedAt !== time && { ca: arrivedAt }) };
}

/** Decodes a stored history. Pure. */
export function recallHistory({ snapshots, ...rest }: StoredHistory): History {
  const entries = Object.entries(snapshots);
  const times = entries.map(([id, { t, a = t }]) => [id, { time: t, arrivedAt: a }] as const);
  const claims = entries.flatMap(([id, { c, ca = c }]) =>
    c === undefined || ca === undefined ? [] : [[id, { time: c, arrivedAt: ca }] as const],
  );
  return {
    ...rest,
    times: new SnapshotTimes().with(new Map(times)),
    claims: claims.length === 0 ? NO_CLAIMS : new Map(claims),
  };
}

/** The snapshots that were at the source when a history was stored. Pure. */
export function recallSource({ snapshots }: StoredHistory): Catalogue {
  const entries = Object.entries(snapshots);
  return namesToSet(entries.filter(([, { s }]) => s === 1).map(([id]) => id));
}

import { Catalogue, EMPTY_CATALOGUE, plus, withSizesOf } from './catalogue.ts';

/** The time of a snapshot, in milliseconds since the epoch. */
export interface SnapshotTime {
  /** min(mtime at the source when first seen, time first seen), or inherited from the snapshot that it edits */
  readonly time: number;
  /** since when it can be owed; differs from `time` only for an edited snapshot */
  readonly arrivedAt: number;
}

/** The newest of a set of snapshots. */
export interface LatestSnapshot {
  readonly id: string;
  readonly at: number;
}

/** The newest of a set, among those with a remembered time. */
export function latestOf(set: Catalogue, times: SnapshotTimes): LatestSnapshot | undefined {
  let [newest, newestAt] = [-1, -Infinity];
  times.of(set).forEach((at, i) => {
    if (at >= newestAt) [newest, newestAt] = [i, at];
  });
  return newest < 0 ? undefined : { id: set.idAt(newest), at: newestAt };
}

/**
 * Remembered times of snapshots, packed like the catalogues: two sorted sets whose "sizes" are the times. Immutable; each client
 * has one, regardless of the number of its backends.
 */
export class SnapshotTimes {
  private readonly times: Catalogue;
  private readonly arrivals: Catalogue;

  constructor(times: Catalogue = EMPTY_CATALOGUE, arrivals: Catalogue = EMPTY_CATALOGUE) {
    this.times = times;
    this.arrivals = arrivals;
  }

  get count(): number {
    return this.times.count;
  }

  get(id: string): SnapshotTime | undefined {
    const time = this.times.sizeOf(id);
    if (time === undefined) return undefined;
    return { time, arrivedAt: this.arrivals.sizeOf(id) ?? time };
  }

  /** The times of a set, in its order; NaN if none is remembered. */
  of(set: Catalogue): Float64Array {
    return withSizesOf(set, this.times).sizes;
  }

  /** The snapshots of a set without a remembered time; searching for each would take much longer. */
  missingFrom(set: Catalogue): string[] {
    const unsized = new Catalogue(set.ids, new Float64Array(set.count).fill(NaN));
    return withSizesOf(unsized, this.times).idsWithoutSize();
  }

  /** Whether any time is later than that. */
  isAhead(now: number): boolean {
    return [this.times, this.arrivals].some(({ sizes }) => sizes.some((time) => time > now));
  }

  *entries(): IterableIterator<readonly [id: string, time: SnapshotTime]> {
    for (const { id, size } of this.times.entries()) {
      const time = size ?? 0;
      yield [id, { time, arrivedAt: this.arrivals.sizeOf(id) ?? time }];
    }
  }

  with(added: ReadonlyMap<string, SnapshotTime>): SnapshotTimes {
    if (added.size === 0) return this;
    const all = [...added];
    return new SnapshotTimes(
      plus(this.times, Catalogue.from(all.map(([id, t]) => [id, t.time]))),
      plus(
        this.arrivals,
        Catalogue.from(
          all
            .filter(([id, t]) => t.arrivedAt !== t.time || this.arrivals.has(id))
            .map(([id, t]) => [id, t.arrivedAt]),
        ),
      ),
    );
  }

  keepOnly(isKept: (id: string) => boolean): SnapshotTimes {
    const kept = [...this.entries()].filter(([id]) => isKept(id));
    return kept.length === this.count ? this : new SnapshotTimes().with(new Map(kept));
  }
}

/**
 * Times of snapshots ahead of the clock, by id: remembered ones, or those of the file. Either they are wrong or the clock is,
 * which a single check cannot decide. Until then, the time of such a snapshot is when it was found to be ahead.
 */
export type Claims = ReadonlyMap<string, SnapshotTime>;

export const NO_CLAIMS: Claims = new Map();

import { minus, type Catalogue } from '../repository/catalogue.ts';
import type { SnapshotTime, SnapshotTimes } from '../repository/snapshot-times.ts';

/** What one look at the source's snapshots adds to what is remembered of them. */
export interface SnapshotObservation {
  readonly times: SnapshotTimes;
  /** source snapshots at the previous look; undefined at the first one */
  readonly before: Catalogue | undefined;
  readonly current: Catalogue;
  /** mtimes at the source of snapshots without a remembered time, milliseconds since the epoch */
  readonly mtimes: ReadonlyMap<string, number>;
  /** milliseconds since the epoch */
  readonly now: number;
  /** whether the source's index changed since the previous look: a backup of anything new changes it */
  readonly indexChanged: boolean;
  /** last change of the directory `snapshots/`, milliseconds since the epoch; undefined if not known */
  readonly directoryChangedAt: number | undefined;
}

/** A file that replaced another within this time, in milliseconds, was written by the same command. */
const EDIT_MS = 400;

/**
 * Times of snapshots (DESIGN, "Words"): min(mtime at the source when first seen, time first seen), remembered, never in
 * the future. A later touch or copy of the file does not move it; a clock that went back does.
 */
export function observeTimes(observation: SnapshotObservation): SnapshotTimes {
  const { current, now } = observation;
  const times = clampToNow(observation.times, now);
  const added = new Map<string, SnapshotTime>();
  const edits = inheritedTimes({ ...observation, times });
  for (const { id } of current.entries()) {
    if (times.get(id) !== undefined) continue;
    const arrivedAt = Math.min(observation.mtimes.get(id) ?? now, now);
    added.set(id, { time: edits.get(id) ?? arrivedAt, arrivedAt });
  }
  return times.with(added);
}

/** Whether these snapshots left the source because `restic tag` or the like wrote them anew under other names. */
export function editedAway(observation: SnapshotObservation): readonly string[] {
  const { before, current } = observation;
  return isEdit(observation) && before !== undefined ? idsOf(minus(before, current)) : [];
}

/**
 * `restic tag` writes a snapshot's file anew, under a new name and with today's mtime, and deletes the old one at once.
 * The new file is not a new backup: it inherits the time of the one that it replaces.
 */
function inheritedTimes(observation: SnapshotObservation): ReadonlyMap<string, number> {
  const { before, current, times, mtimes, now } = observation;
  if (before === undefined || !isEdit(observation)) return new Map();
  const old = idsOf(minus(before, current)).flatMap((id) => times.get(id)?.time ?? []);
  old.sort((a, b) => a - b);
  const fresh = idsOf(minus(current, before));
  fresh.sort((a, b) => (mtimes.get(a) ?? now) - (mtimes.get(b) ?? now));
  return new Map(
    fresh.flatMap((id, i) => {
      const time = old[i];
      return time === undefined ? [] : [[id, time] as const];
    }),
  );
}

/**
 * Without the key an edit is told from a backup followed by a forget by what they leave: as many files came as went, no
 * index changed, and the directory was last changed with the last of them. `forget` is another process, which spends
 * half a second on opening the repository alone.
 */
function isEdit(observation: SnapshotObservation): boolean {
  const { before, current, mtimes, indexChanged, directoryChangedAt } = observation;
  if (before === undefined || indexChanged || directoryChangedAt === undefined) return false;
  const fresh = idsOf(minus(current, before));
  const gone = minus(before, current).count;
  if (fresh.length === 0 || fresh.length !== gone) return false;
  const newest = Math.max(...fresh.map((id) => mtimes.get(id) ?? Infinity));
  return Math.abs(directoryChangedAt - newest) <= EDIT_MS;
}

/** A time that was taken while the clock was ahead is in the future now: it becomes "now", and stays. */
function clampToNow(times: SnapshotTimes, now: number): SnapshotTimes {
  const ahead = [...times.entries()].filter(
    ([, { time, arrivedAt }]) => Math.max(time, arrivedAt) > now,
  );
  return times.with(
    new Map(
      ahead.map(([id, { time, arrivedAt }]) => [
        id,
        { time: Math.min(time, now), arrivedAt: Math.min(arrivedAt, now) },
      ]),
    ),
  );
}

function idsOf(catalogue: Catalogue): string[] {
  return [...catalogue.entries()].map(({ id }) => id);
}

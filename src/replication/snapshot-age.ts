import { minus, type Catalogue } from '../repository/catalogue.ts';
import type { Claims, SnapshotTime, SnapshotTimes } from '../repository/snapshot-times.ts';
import { beforeItWentBack, holdAgainstClock, type RememberedTimes } from './wrong-clock.ts';

/** What one look at the source's snapshots adds to what is remembered of them. */
export interface SnapshotObservation {
  readonly times: SnapshotTimes;
  /** remembered times that lie ahead of the clock */
  readonly claims: Claims;
  /** when the source was looked at before, milliseconds since the epoch; undefined at the first look */
  readonly lookedAt: number | undefined;
  /** source snapshots at the previous look; undefined at the first one */
  readonly before: Catalogue | undefined;
  readonly current: Catalogue;
  /** mtimes at the source of snapshots without a remembered time, milliseconds since the epoch */
  readonly mtimes: ReadonlyMap<string, number>;
  /** milliseconds since the epoch */
  readonly now: number;
  /** whether the source's index changed since the previous look: a backup of anything new changes it */
  readonly indexChanged: boolean;
  /** snapshots that appeared lately without a change of the index, and their mtimes: a watch sees them before the old go */
  readonly suspects?: ReadonlyMap<string, number>;
  /** last change of the directory `snapshots/`, milliseconds since the epoch; undefined if not known */
  readonly directoryChangedAt: number | undefined;
}

/** A file that replaced another within this time, in milliseconds, was written by the same command. */
const EDIT_MS = 400;

/**
 * Times of snapshots (DESIGN, "Words"): min(mtime at the source when first seen, time first seen), remembered. A later touch
 * or copy of the file does not move it, nor does a clock that is wrong for a while.
 */
export function observeTimes(observation: SnapshotObservation): RememberedTimes {
  const { current, now } = observation;
  const clock = { now, before: observation.lookedAt };
  const held = holdAgainstClock(observation, clock);
  const { times } = held;
  const claims = new Map(held.claims);
  const added = new Map<string, SnapshotTime>();
  const edits = inheritedTimes({ ...observation, times });
  for (const id of times.missingFrom(current)) {
    const said = observation.mtimes.get(id) ?? beforeItWentBack(clock) ?? now;
    const arrivedAt = Math.min(said, now);
    added.set(id, { time: edits.get(id) ?? arrivedAt, arrivedAt });
    if (said > now) claims.set(id, { time: edits.get(id) ?? said, arrivedAt: said });
  }
  for (const [id, time] of edits) {
    const known = times.get(id);
    if (known !== undefined) added.set(id, { ...known, time });
  }
  return { times: times.with(added), claims: sameOr(held.claims, claims) };
}

function sameOr(before: Claims, after: Claims): Claims {
  return after.size === before.size ? before : after;
}

/**
 * `restic tag` writes a snapshot's file anew, under a new name and with today's mtime, and deletes the old one at once.
 * The new file is not a new backup: it inherits the time of the one that it replaces.
 */
function inheritedTimes(observation: SnapshotObservation): ReadonlyMap<string, number> {
  const { times } = observation;
  const { gone, fresh } = findEdit(observation);
  const old = gone.flatMap((id) => times.get(id)?.time ?? []).sort((a, b) => a - b);
  return new Map(
    fresh.flatMap((id, i) => {
      const time = old[i];
      return time === undefined ? [] : [[id, time] as const];
    }),
  );
}

/** Snapshots that were written anew under other names. */
export interface Edit {
  /** the old names, which left the source */
  readonly gone: readonly string[];
  /** what replaces them, in the order of its mtimes */
  readonly fresh: readonly string[];
}

const NO_EDIT: Edit = { gone: [], fresh: [] };

/**
 * Without the key an edit is told from a backup followed by a forget by what they leave: as many files came as went, no
 * index changed, and the directory was last changed with the last of them. `forget` is another process, which spends
 * half a second on opening the repository alone.
 */
export function findEdit(observation: SnapshotObservation): Edit {
  const { before, current, indexChanged, directoryChangedAt } = observation;
  if (before === undefined || indexChanged || directoryChangedAt === undefined) return NO_EDIT;
  const gone = idsOf(minus(before, current));
  if (gone.length === 0) return NO_EDIT;
  const appeared = arrivals(observation, before);
  const [newest = -Infinity] = [...appeared.values()].sort((a, b) => b - a);
  if (Math.abs(directoryChangedAt - newest) > EDIT_MS) return NO_EDIT;
  const fresh = [...appeared].sort(([, a], [, b]) => a - b).map(([id]) => id);
  return fresh.length === gone.length ? { gone, fresh } : NO_EDIT;
}

/** What appeared in this look, and what appeared just before the directory was last changed. */
function arrivals(
  { current, mtimes, now, suspects, directoryChangedAt = now }: SnapshotObservation,
  before: Catalogue,
): ReadonlyMap<string, number> {
  const lately = [...(suspects ?? [])].filter(
    ([id, mtime]) => current.has(id) && Math.abs(directoryChangedAt - mtime) <= EDIT_MS,
  );
  const inThisLook = idsOf(minus(current, before)).map(
    (id) => [id, mtimes.get(id) ?? now] as const,
  );
  return new Map([...lately, ...inThisLook]);
}

function idsOf(catalogue: Catalogue): string[] {
  return [...catalogue.entries()].map(({ id }) => id);
}

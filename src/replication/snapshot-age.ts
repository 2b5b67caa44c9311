import type { Catalogue } from '../repository/catalogue.ts';
import {
  NO_CLAIMS,
  type Claims,
  type SnapshotTime,
  type SnapshotTimes,
} from '../repository/snapshot-times.ts';
import type { Edits } from './snapshot-edits.ts';
import { timeBeforeJump, holdAgainstClock, type RememberedTimes } from './wrong-clock.ts';

/** The observations of one check of the source's snapshots. */
export interface SnapshotObservation {
  readonly times: SnapshotTimes;
  /** remembered times ahead of the clock */
  readonly claims: Claims;
  /** when the source was checked before, milliseconds since the epoch; undefined at the first check */
  readonly checkedAt: number | undefined;
  readonly current: Catalogue;
  /** mtimes at the source of snapshots without a remembered time, milliseconds since the epoch */
  readonly mtimes: ReadonlyMap<string, number>;
  /** milliseconds since the epoch */
  readonly now: number;
  /** snapshots that replace others */
  readonly edits: Edits;
}

/**
 * Times of snapshots: min(mtime at the source when first seen, time first seen), remembered. A later touch
 * or copy of the file does not move it, nor does a clock that is wrong for a while.
 */
export function observeTimes(observation: SnapshotObservation): RememberedTimes {
  const { current, now } = observation;
  const clock = { now, before: observation.checkedAt };
  const held = holdAgainstClock(observation, clock);
  const { times } = held;
  const claims = new Map(held.claims);
  const added = new Map<string, SnapshotTime>();
  for (const id of times.missingFrom(current)) {
    const reported = usable(observation.mtimes.get(id)) ?? timeBeforeJump(clock) ?? now;
    const arrivedAt = Math.min(reported, now);
    added.set(id, { time: arrivedAt, arrivedAt });
    if (reported > now) claims.set(id, { time: reported, arrivedAt: reported });
  }
  for (const [id, old] of observation.edits) {
    const { arrivedAt } = added.get(id) ?? times.get(id) ?? { arrivedAt: now };
    added.set(id, { time: times.get(old)?.time ?? arrivedAt, arrivedAt });
    const claim = inheritedClaim(id, old, { held, claims, arrivedAt });
    if (claim !== undefined) claims.set(id, claim);
  }
  return { times: times.with(added), claims: claims.size === 0 ? NO_CLAIMS : claims };
}

/** The largest distance from the epoch that a date can have, in milliseconds. Some file systems store more. */
const FARTHEST_MS = 8.64e15;

/** The mtime, if it is a time at all. */
function usable(mtime = NaN): number | undefined {
  return Math.abs(mtime) <= FARTHEST_MS ? mtime : undefined;
}

interface Inheriting {
  readonly held: RememberedTimes;
  /** claims of this check */
  readonly claims: Claims;
  readonly arrivedAt: number;
}

/** The claim of a snapshot that replaces another one: its time is the other one's, its arrival its own. */
function inheritedClaim(
  id: string,
  old: string,
  { held, claims, arrivedAt }: Inheriting,
): SnapshotTime | undefined {
  const [claimed, own] = [held.claims.get(old), claims.get(id)];
  if (claimed === undefined && own === undefined) return undefined;
  const { time } = claimed ?? held.times.get(old) ?? { time: arrivedAt };
  return { time, arrivedAt: own?.arrivedAt ?? arrivedAt };
}

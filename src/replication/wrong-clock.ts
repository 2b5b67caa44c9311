import type { Claims, SnapshotTime, SnapshotTimes } from '../repository/snapshot-times.ts';

/** The remembered times of snapshots. */
export interface RememberedTimes {
  /** never ahead of the clock of the last check */
  readonly times: SnapshotTimes;
  readonly claims: Claims;
}

/** The clock at two consecutive checks, in milliseconds since the epoch. */
export interface CheckClock {
  readonly now: number;
  /** at the previous check; undefined at the first one */
  readonly before: number | undefined;
}

/** More than this between two checks, in milliseconds, is a corrected clock, or a pause in which it may have been corrected. */
const JUMP_MS = 10 * 60_000;

/**
 * Compares remembered times with the clock. A time ahead of it becomes a claim, and counts as now. If the clock reaches the claim
 * normally, from check to check, the clock was right, and the claim is dropped. If it gets there by a jump, the clock was wrong
 * before, and the claim is valid. So a pass with a wrong clock changes nothing permanently. Pure.
 */
export function holdAgainstClock(remembered: RememberedTimes, clock: CheckClock): RememberedTimes {
  const { now } = clock;
  const { times, claims } = remembered;
  const reached = [...claims].filter(([, claim]) => isPast(claim, now));
  if (reached.length === 0 && !times.isAhead(now)) return remembered;
  const left = new Map([...claims].filter(([, claim]) => !isPast(claim, now)));
  const known = times.with(hasJumped(clock) ? new Map(reached) : new Map());
  const ahead = [...known.entries()].filter(([, time]) => !isPast(time, now));
  for (const [id, time] of ahead) if (!left.has(id)) left.set(id, time);
  return {
    times: known.with(new Map(ahead.map(([id, time]) => [id, notAfter(time, now)]))),
    claims: left,
  };
}

/** Compares a single time with the clock, such as when a client was set up. */
export function holdOneAgainstClock(
  { at, claimed }: { readonly at: number; readonly claimed?: number | undefined },
  clock: CheckClock,
): { at: number; claimed: number | undefined } {
  const { now } = clock;
  const isReached = claimed !== undefined && claimed <= now;
  const time = isReached && hasJumped(clock) ? claimed : at;
  const left = isReached ? undefined : claimed;
  return time <= now ? { at: time, claimed: left } : { at: now, claimed: left ?? time };
}

/** The clock of the previous check, if it has gone back since; otherwise undefined. */
export function timeBeforeJump({ now, before }: CheckClock): number | undefined {
  return before !== undefined && now < before ? before : undefined;
}

function hasJumped({ now, before }: CheckClock): boolean {
  return before === undefined || Math.abs(now - before) > JUMP_MS;
}

function isPast({ time, arrivedAt }: SnapshotTime, now: number): boolean {
  return Math.max(time, arrivedAt) <= now;
}

function notAfter({ time, arrivedAt }: SnapshotTime, now: number): SnapshotTime {
  return { time: Math.min(time, now), arrivedAt: Math.min(arrivedAt, now) };
}

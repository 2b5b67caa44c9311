import { isWithin } from '../../runtime/clock.ts';
import { HOUR_MS } from '../../runtime/units.ts';

/** When a place was last judged: when a check ended with ok or failed. */
export interface Judged {
  readonly judgedAt: number | undefined;
}

/**
 * The place whose last check is the oldest; one that was never checked goes first. Among equals, the order of the configuration
 * decides. Undefined if there is none. Pure.
 */
export function choosePlace<P extends Judged>(places: readonly P[]): P | undefined {
  const oldestFirst = [...places].sort((a, b) =>
    timeOf(a) < timeOf(b) ? -1 : Number(timeOf(a) > timeOf(b)),
  );
  return oldestFirst[0];
}

/** Whether the last check of any place is longer ago than the interval. A time far ahead comes from a wrong clock. Pure. */
export function isCheckDue(places: readonly Judged[], everyMs: number, now: number): boolean {
  return !places.some(({ judgedAt = -Infinity }) => Math.abs(now - judgedAt) < everyMs);
}

/** How long a remote rests after an inconclusive check, because its downloads are not kept. */
const REST_MS = 6 * HOUR_MS;

interface Unclear {
  readonly isRemote: boolean;
  /** when the last check ended, if it was inconclusive */
  readonly unclearAt: number | undefined;
}

/** Whether a place rests, because each check of it may cost a download of all indexes. Pure. */
export function isResting({ isRemote, unclearAt }: Unclear, everyMs: number, now: number): boolean {
  return isRemote && isWithin(Math.min(REST_MS, everyMs), unclearAt, now);
}

function timeOf({ judgedAt }: Judged): number {
  return judgedAt ?? -Infinity;
}

import type { Cause } from './sender.ts';
import { jitter, type Clock } from '../runtime/clock.ts';
import { MEANING, type Reason } from '../runtime/errors.ts';

const FIRST_MS = 60_000;
const LONGEST_MS = 30 * 60_000;
/** A new snapshot cuts a wait short, but at most this often, in milliseconds. */
const CUT_MS = 60_000;

/** How long to wait after a number of failures in a row: 1m, 2m, 4m … 30m, with jitter; milliseconds. */
export function backoffMs(failures: number, clock: Clock): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 10);
  return jitter(Math.min(FIRST_MS * 2 ** exponent, LONGEST_MS), clock);
}

/** How long a loop waits that polls at intervals: no longer than until its next attempt is due; milliseconds. */
export function waitMs(pollMs: number, nextAttemptAt: number | undefined, now: number): number {
  const untilAttempt = (nextAttemptAt ?? -Infinity) - now;
  return untilAttempt > 0 ? Math.min(pollMs, untilAttempt) : pollMs;
}

/** Why a pass that found something to do may or may not do it now. */
export interface AttemptQuestion {
  readonly now: number;
  readonly cause: Cause;
  /** of the last failure; undefined when the last pass went well */
  readonly reason: Reason | undefined;
  readonly nextAttemptAt: number | undefined;
  readonly lastAttemptAt: number | undefined;
  /** what was in the way is known to be gone */
  readonly isObstacleGone: boolean;
  /** the source has something new since the last attempt */
  readonly isNewView: boolean;
}

/** No wait is ever longer than this, in milliseconds: one that seems to be was begun before the clock went back. */
const IMPOSSIBLE_MS = 1.2 * LONGEST_MS;

/** Whether the next attempt is still to be waited for. Pure. */
export function isWaiting(nextAttemptAt: number | undefined, now: number): boolean {
  const left = (nextAttemptAt ?? -Infinity) - now;
  return left > 0 && left <= IMPOSSIBLE_MS;
}

/** Whether to move objects now, after a look that went well. Pure. */
export function mayAttempt(question: AttemptQuestion): boolean {
  const { now, cause, reason, nextAttemptAt, lastAttemptAt, isNewView } = question;
  if (cause === 'request' || question.isObstacleGone) return true;
  if (reason === undefined || nextAttemptAt === undefined) return true;
  if (!isWaiting(nextAttemptAt, now)) return true;
  if (MEANING[reason].isDisprovedByInspection && (lastAttemptAt ?? 0) + CUT_MS / 2 <= now)
    return true;
  return isNewView && (lastAttemptAt ?? 0) + CUT_MS <= now;
}

import type { Cause } from './sender.ts';
import { jitter, type Clock } from '../runtime/clock.ts';
import { MEANING, type Reason } from '../runtime/errors.ts';

const FIRST_MS = 60_000;
const LONGEST_MS = 30 * 60_000;
/** A new snapshot ends a wait early, but at most this often, in milliseconds. */
const CUT_MS = 60_000;

/** How long to wait after a number of failures in a row: 1m, 2m, 4m … 30m, with jitter; milliseconds. */
export function backoffMs(failures: number, clock: Clock): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 10);
  return jitter(Math.min(FIRST_MS * 2 ** exponent, LONGEST_MS), clock);
}

/** How long a polling loop waits: at most until its next attempt is due; milliseconds. */
export function waitMs(pollMs: number, nextAttemptAt: number | undefined, now: number): number {
  const untilAttempt = (nextAttemptAt ?? -Infinity) - now;
  return untilAttempt > 0 ? Math.min(pollMs, untilAttempt) : pollMs;
}

/** The facts that decide whether a pass may do its work now. */
export interface AttemptQuestion {
  readonly now: number;
  readonly cause: Cause;
  /** of the last failure; undefined if the last pass succeeded */
  readonly reason: Reason | undefined;
  readonly nextAttemptAt: number | undefined;
  readonly lastAttemptAt: number | undefined;
  /** the obstacle is known to be gone */
  readonly isObstacleGone: boolean;
  /** the source has something new since the last attempt */
  readonly isNewView: boolean;
}

/** The longest possible wait, in milliseconds. A longer one started before the clock was set back. */
const IMPOSSIBLE_MS = 1.2 * LONGEST_MS;

/** Whether to keep waiting for the next attempt. Pure. */
export function isWaiting(nextAttemptAt: number | undefined, now: number): boolean {
  const left = (nextAttemptAt ?? -Infinity) - now;
  return left > 0 && left <= IMPOSSIBLE_MS;
}

/** Whether to send objects now, after a successful inspection. Pure. */
export function mayAttempt(question: AttemptQuestion): boolean {
  const { now, cause, reason, nextAttemptAt, lastAttemptAt, isNewView } = question;
  if (cause === 'request' || question.isObstacleGone) return true;
  if (reason === undefined || nextAttemptAt === undefined) return true;
  if (!isWaiting(nextAttemptAt, now)) return true;
  if (MEANING[reason].isDisprovedByInspection && (lastAttemptAt ?? 0) + CUT_MS / 2 <= now)
    return true;
  return isNewView && (lastAttemptAt ?? 0) + CUT_MS <= now;
}

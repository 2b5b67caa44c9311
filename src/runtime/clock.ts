import { performance } from 'node:perf_hooks';

/** Time and chance are parameters, so that tests control them. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
  /** milliseconds since some moment; never jumps and is never set: for how long something took, or lasts */
  elapsedMs(): number;
  /** at least 0, below 1 */
  random(): number;
}

/** The elapsed time of the system clock. */
export function elapsedMs(): number {
  return performance.now();
}

export const systemClock: Clock = { now: Date.now, elapsedMs, random: Math.random };

/** `milliseconds`, plus or minus a tenth, so that many loops do not run in step. */
export function jitter(milliseconds: number, clock: Clock): number {
  return milliseconds * (0.9 + 0.2 * clock.random());
}

/** Whether a time was less than so many milliseconds ago; false if the clock was far ahead then. */
export function isWithin(milliseconds: number, at: number | undefined, now: number): boolean {
  return Math.abs(now - (at ?? -Infinity)) < milliseconds;
}

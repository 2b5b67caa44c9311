/** Time and chance come in by parameter, so that tests decide them. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number;
  /** milliseconds since some moment; never jumps and is never set: for how long something took, or lasts */
  elapsedMs(): number;
  /** at least 0, below 1 */
  random(): number;
}

/** That of the system clock. */
export function elapsedMs(): number {
  return performance.now();
}

export const systemClock: Clock = { now: Date.now, elapsedMs, random: Math.random };

/** `milliseconds`, a tenth more or less, so that many loops do not beat together. */
export function jitter(milliseconds: number, clock: Clock): number {
  return milliseconds * (0.9 + 0.2 * clock.random());
}

/** Whether that was less than so many milliseconds ago; never, when the clock was far ahead then. */
export function isWithin(milliseconds: number, at: number | undefined, now: number): boolean {
  return Math.abs(now - (at ?? -Infinity)) < milliseconds;
}

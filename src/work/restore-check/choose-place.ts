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

function timeOf({ judgedAt }: Judged): number {
  return judgedAt ?? -Infinity;
}

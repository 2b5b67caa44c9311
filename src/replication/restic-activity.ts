import type { LockFiles } from '../locations/location.ts';

/** Whether restic was running between two checks. */
export type ResticActivity = 'active' | 'idle' | 'unknown';

/** A lock file that is older than this is stale, milliseconds: restic replaces its own every five minutes. */
const STALE_MS = 30 * 60_000;

/** Whether a running restic holds a lock. A killed one leaves a lock behind, which looks held until it is stale. */
export function isHeld(locks: LockFiles | undefined, now: number): boolean {
  return locks?.newestAt !== undefined && Math.abs(now - locks.newestAt) < STALE_MS;
}

/** Whether a running restic held a lock before or after everything was listed: it may have ended its work in between. */
export function wasHeld(scan: {
  readonly locksBefore: LockFiles | undefined;
  readonly locksAfter: LockFiles | undefined;
  readonly now: number;
}): boolean {
  return isHeld(scan.locksBefore, scan.now) || isHeld(scan.locksAfter, scan.now);
}

/**
 * Every restic that changes a repository makes a lock file first, and removes it last.
 *
 * @param before the locks when the earlier check began
 * @param after the locks when the later check had listed everything
 * @param whether locks came or went at this source when something was last written; a source that is itself a copy never shows any
 */
export function activityBetween(
  before: LockFiles | undefined,
  after: LockFiles | undefined,
  { tells, now }: { readonly tells: boolean; readonly now: number },
): ResticActivity {
  if (before === undefined || after === undefined) return 'unknown';
  if (isHeld(before, now) || isHeld(after, now) || before.count !== after.count) return 'active';
  if (before.changedAt === undefined || after.changedAt === undefined) return 'unknown';
  if (before.changedAt !== after.changedAt) return 'active';
  return tells ? 'idle' : 'unknown';
}

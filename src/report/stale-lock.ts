import { DAY_MS, formatDuration } from '../runtime/units.ts';
import type { Finding, SourceState } from './types.ts';

/** The same as in the alert BackupLockStale: restic refreshes its locks every few minutes. */
const STALE_MS = DAY_MS;

/** A lock that was left behind. Backups continue, but forget and prune may not work. */
export function staleLock({ oldestLockAt }: SourceState, now: number): Finding[] {
  if (oldestLockAt === undefined || now - oldestLockAt <= STALE_MS) return [];
  return [
    {
      kind: 'source_lock_stale',
      severity: 'warning',
      message: `the oldest lock of the repository is ${formatDuration(now - oldestLockAt)} old: forget and prune may not work`,
      hint: "if no running restic holds it, run 'restic unlock' on the client",
    },
  ];
}

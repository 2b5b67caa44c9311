import type { Reason } from '../runtime/errors.ts';

/** How one pass over one backend went. Times are milliseconds since the epoch. */
export interface SyncReport {
  readonly backend: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** unverified: a script has exited with 0, and nobody can look at what it did */
  readonly outcome: 'complete' | 'unverified' | 'nothing' | 'failed' | 'cancelled';
  readonly reason?: Reason;
  readonly message?: string;
  readonly hint?: string;
  readonly sent: { readonly objects: number; readonly bytes: number };
  /** snapshots that became complete */
  readonly published: readonly string[];
  /** how often the view had to be taken anew because the source was pruned meanwhile */
  readonly replans: number;
  /** what was known to be there when the pass began, and when all of it was last listed; absent where nobody can look */
  readonly looked?: { readonly objects: number; readonly listedAt?: number };
}

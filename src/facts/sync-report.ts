import type { Reason } from '../runtime/errors.ts';

/** Stands for the source where the name of a backend is expected; no backend may be called so. */
export const SOURCE_NAME = 'source';

/** The result of one pass over one backend. Times are milliseconds since the epoch. */
export interface SyncReport {
  readonly backend: string;
  readonly startedAt: number;
  readonly endedAt: number;
  /** unverified: a script exited with 0, and its result cannot be checked; paused: nothing was done there */
  readonly outcome: 'complete' | 'unverified' | 'nothing' | 'failed' | 'cancelled' | 'paused';
  readonly reason?: Reason;
  readonly message?: string;
  readonly hint?: string;
  readonly sent: { readonly objects: number; readonly bytes: number };
  /** snapshots that became complete */
  readonly published: readonly string[];
  /** how often the view had to be taken again because the source was pruned in the meantime */
  readonly replans: number;
  /** the known objects at the start of the pass, and when all of them were last listed; absent if the place cannot be checked */
  readonly looked?: { readonly objects: number; readonly listedAt?: number };
}

import * as z from 'zod/mini';
import { count, time, unsaved, type Doing } from './fields.ts';

export interface SyncProgress {
  readonly phase: 'config' | 'keys' | 'data' | 'index' | 'snapshots';
  readonly startedAt: number;
  /** when data was last sent */
  readonly updatedAt: number;
  readonly objects: number;
  readonly totalObjects: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** since when it has waited for its turn while others send (`limits`) */
  readonly waitingSince?: number;
}

/** The work of a pass over a backend, and its progress. The pass writes it. */
export const Progress = z.readonly(
  z.object({
    pendingObjects: z.optional(count),
    pendingBytes: z.optional(count),
    progressAt: z.optional(time),
    progress: unsaved<SyncProgress>(),
    doing: unsaved<Doing>(),
  }),
);
export type Progress = z.output<typeof Progress>;

export const NO_PROGRESS: Progress = {};

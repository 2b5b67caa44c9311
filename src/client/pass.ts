import type { Cause } from '../work/sender.ts';
import type { PassProgress } from './pass-progress.ts';

/** One pass over a backend. */
export interface Pass {
  readonly signal: AbortSignal;
  readonly cause: Cause;
  /** milliseconds since the epoch */
  readonly startedAt: number;
  readonly progress: PassProgress;
}

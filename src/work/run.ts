import type { SyncReport } from '../facts/sync-report.ts';
import type { Cause } from './sender.ts';

/** A run of an activity. */
export interface Run {
  readonly signal: AbortSignal;
  readonly cause: Cause;

  /** Shows what is running once it takes long. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>;

  /** Returns the report of the run, and ends the display. */
  end(): SyncReport;
}

import type { SyncReport } from '../facts/sync-report.ts';
import type { Inspections } from './inspections.ts';
import type { BackendPass } from './pass.ts';
import type { Workplace } from './workplace.ts';

/** The port: something done to a backend on its own schedule. A worker runs one activity at a time. */
export interface Activity {
  /** the key of its attempts */
  readonly name: string;

  /** Whether it is time to run it. Asked with each poll, so it does no I/O. */
  isDue(): boolean;

  /** Runs it once. The result is in the report and in the facts; it never rejects. */
  run(pass: BackendPass): Promise<SyncReport>;
}

/** Creates an activity for one backend; undefined if it is not possible there. */
export type MakeActivity = (place: Workplace, inspections: Inspections) => Activity | undefined;

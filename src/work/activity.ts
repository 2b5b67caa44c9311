import type { SyncReport } from '../facts/sync-report.ts';
import type { Inspections } from './inspections.ts';
import type { BackendPass } from './pass.ts';
import type { Workplace } from './workplace.ts';

/** The port: something that is done to a backend on its own schedule. A worker runs one at a time. */
export interface Activity {
  /** what its attempts are kept under */
  readonly name: string;

  /** Whether it is time to run it. Asked with each poll, so it does no I/O. */
  isDue(): boolean;

  /** Runs it once. How it went is in the report and in the facts; it never rejects. */
  run(pass: BackendPass): Promise<SyncReport>;
}

/** Makes an activity for one backend; undefined where it cannot be done there. */
export type MakeActivity = (place: Workplace, inspections: Inspections) => Activity | undefined;

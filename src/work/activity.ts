import type { SyncReport } from '../facts/sync-report.ts';
import type { Inspections } from './inspections.ts';
import type { BackendPass } from './pass.ts';
import type { Run } from './run.ts';
import type { SourceWorkplace } from './source-workplace.ts';
import type { Workplace } from './workplace.ts';

/** The port: something done to a place on its own schedule. A place has one activity at a time. */
export interface Activity<R extends Run = BackendPass> {
  /** the key of its attempts */
  readonly name: string;
  /** how often it should succeed, in milliseconds; undefined: it has no due date, like the sync */
  readonly everyMs: number | undefined;
  /** the places, besides that of its worker, where it works just now: a pause of one of them stops it */
  readonly worksAt?: readonly string[];

  /** Whether it is time to run it. Called at each poll, so it does no I/O. */
  isDue(): boolean;

  /** Runs it once. The result is in the report and in the facts; it never rejects. */
  run(run: R): Promise<SyncReport>;

  /** Called when any activity has run there, to take its changes into account. Does no I/O. */
  settle?(): void;
}

/** Creates an activity for one backend; undefined if it is not possible there. */
export type MakeActivity = (place: Workplace, inspections: Inspections) => Activity | undefined;

/** Creates an activity for the source of a client; undefined if it is not possible there. */
export type MakeSourceActivity = (place: SourceWorkplace) => Activity<Run> | undefined;

/** Whether one of some activities works at one of these places just now. */
export function areWorkingAt(
  activities: readonly Pick<Activity<never>, 'worksAt'>[],
  places: readonly string[],
): boolean {
  return activities.some(({ worksAt = [] }) => worksAt.some((name) => places.includes(name)));
}

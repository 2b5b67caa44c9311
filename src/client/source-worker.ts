import type { SyncReport } from '../facts/sync-report.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Activity, MakeSourceActivity } from '../work/activity.ts';
import { rememberSourceActivities } from '../work/attempts-record.ts';
import type { Run } from '../work/run.ts';
import { SourceRun } from '../work/source-run.ts';
import type { SourceWorkplace } from '../work/source-workplace.ts';
import type { Beat } from './beat.ts';

interface SourceWorkerOptions extends SourceWorkplace {
  readonly beat: Beat;
  readonly activities: readonly MakeSourceActivity[];
}

/** Runs what is due at the source beside the source loop, one at a time. Neither waits for the other (I9). */
export class SourceWorker {
  readonly activities: readonly Activity<Run>[];
  private readonly place: SourceWorkplace;
  private readonly beat: Beat;
  private readonly wakeup = new Wakeup();
  private readonly mutex = new Mutex();

  constructor({ beat, activities, ...place }: SourceWorkerOptions) {
    this.place = place;
    this.beat = beat;
    this.activities = activities.flatMap((make) => make(place) ?? []);
    rememberSourceActivities({ ...place, activities: this.activities });
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const activity of this.activities)
        await this.mutex.run(async () => {
          if (activity.isDue()) await this.perform(activity, signal, 'schedule');
        });
      await this.wakeup.waitUpTo(this.beat.wait(), signal);
    }
  }

  /** Wakes the loop, because the source has changed. */
  nudge(): void {
    this.wakeup.nudge();
  }

  private async perform(
    activity: Activity<Run>,
    signal: AbortSignal,
    cause: Run['cause'],
  ): Promise<SyncReport> {
    return activity.run(new SourceRun({ signal, cause, clock: this.place.clock }));
  }
}

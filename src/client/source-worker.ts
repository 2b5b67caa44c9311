import type { AuditReport } from '../facts/audit-report.ts';
import { SOURCE_NAME, type SyncReport } from '../facts/sync-report.ts';
import type { ClientConfig } from '../config/types.ts';
import { placeTraits } from '../kinds/traits.ts';
import type { Location } from '../locations/location.ts';
import { Interruption } from '../runtime/abort.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { doWorkAt, type Activity, type MakeSourceActivity } from '../work/activity.ts';
import { SOURCE_ACTIVITIES } from '../work/activities.ts';
import type { GroupSettings } from '../work/groups/settings.ts';
import { rememberSourceActivities } from '../work/attempts-record.ts';
import type { Run } from '../work/run.ts';
import { SourceRun } from '../work/source-run.ts';
import type { SourceWorkplace } from '../work/source-workplace.ts';
import type { Beat } from './beat.ts';
import { troubleIn } from './report-trouble.ts';
import type { SourceLoop } from './source-loop.ts';

interface SourceWorkerOptions extends SourceWorkplace {
  readonly beat: Beat;
  readonly activities: readonly MakeSourceActivity[];
  /** activities of all places, which run here because they must not hold up a sync */
  readonly beside: readonly Activity<Run>[];
}

interface Parts extends Pick<
  SourceWorkerOptions,
  'beside' | 'clock' | 'log' | 'beat' | 'store' | 'transfers'
> {
  readonly config: Pick<ClientConfig, 'name' | 'audit' | 'source'>;
  /** undefined: no hosts and paths are expected */
  readonly groups: GroupSettings | undefined;
  readonly loop: SourceLoop;
  /** opens the source again, apart from the loop's; what it remembers is not kept until the next audit */
  readonly open: () => Location;
}

export function makeSourceWorker({ config, loop, open, groups, ...shared }: Parts): SourceWorker {
  return new SourceWorker({
    ...{ ...shared, activities: SOURCE_ACTIVITIES },
    client: config.name,
    auditEveryMs: config.audit.everyMs,
    isRemote: placeTraits(config.source).isRemote,
    source: open,
    view: () => loop.view,
    recheck: (signal) => loop.recheck(signal),
    confirmSizes: (listed) => loop.objects.confirm(listed),
    isThere: () => loop.view !== undefined,
    ...(groups && { groups }),
  });
}

/**
 * Runs what is due at the source beside the source loop, one at a time. Neither waits for the other (I9). While the client is
 * paused, the source is still watched, which takes its audit; the restore check knows by itself which places are paused.
 */
export class SourceWorker {
  readonly activities: readonly Activity<Run>[];
  private readonly place: SourceWorkplace;
  private readonly beat: Beat;
  readonly wakeup = new Wakeup();
  private readonly mutex = new Mutex();
  private readonly interruption = new Interruption();

  constructor({ beat, activities, beside, ...place }: SourceWorkerOptions) {
    this.place = place;
    this.beat = beat;
    this.activities = [...activities.flatMap((make) => make(place) ?? []), ...beside];
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

  /** Audits the source now. */
  async audit(signal: AbortSignal): Promise<AuditReport> {
    const { activities, place } = this;
    const audit = activities.find(({ name }) => name === 'audit');
    if (audit === undefined) throw new Error('nothing audits the source');
    const report = await this.mutex.run(() => this.perform(audit, signal, 'request'));
    const trouble = troubleIn(report);
    if (trouble !== undefined) return { place: SOURCE_NAME, trouble };
    const { lastAudit: result } = place.store.source.audit;
    return { place: SOURCE_NAME, ...(result && { result }) };
  }

  /** Runs something else; no activity runs in the meantime. */
  async instead<T>(signal: AbortSignal, act: (run: Run) => Promise<T>): Promise<T> {
    const { clock } = this.place;
    return this.mutex.run(() =>
      this.interruption.during(signal, (until) =>
        act(new SourceRun({ signal: until, cause: 'request', clock })),
      ),
    );
  }

  /** Interrupts what is running if it works at one of these places, which are paused; resolves when it has ended. */
  async interrupt(paused: readonly string[]): Promise<void> {
    if (!doWorkAt(this.activities, paused)) return;
    this.interruption.interrupt();
    await this.mutex.run(() => Promise.resolve());
  }

  private async perform(
    activity: Activity<Run>,
    signal: AbortSignal,
    cause: Run['cause'],
  ): Promise<SyncReport> {
    const { clock } = this.place;
    return this.interruption.during(signal, (until) =>
      activity.run(new SourceRun({ signal: until, cause, clock })),
    );
  }
}

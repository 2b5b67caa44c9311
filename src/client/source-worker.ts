import type { AuditReport } from '../facts/audit-report.ts';
import { SOURCE_NAME, type SyncReport } from '../facts/sync-report.ts';
import type { ClientConfig } from '../config/types.ts';
import { placeTraits } from '../kinds/traits.ts';
import type { Location } from '../locations/location.ts';
import { Interruption } from '../runtime/abort.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { areWorkingAt, type Activity } from '../work/activity.ts';
import { SOURCE_ACTIVITIES } from '../work/activities.ts';
import type { GroupSettings } from '../work/groups/settings.ts';
import { rememberSourceActivities } from '../work/attempts-record.ts';
import type { Run } from '../work/run.ts';
import { SourceRun } from '../work/source-run.ts';
import type { SourceWorkplace } from '../work/source-workplace.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { troubleIn } from './report-trouble.ts';
import type { SourceLoop } from './source-loop.ts';

interface SourceWorkerOptions extends Pick<SourceWorkplace, 'clock' | 'store'> {
  readonly schedule: PollSchedule;
  readonly activities: readonly Activity<Run>[];
}

interface Parts extends Pick<SourceWorkplace, 'clock' | 'log' | 'store' | 'transfers'> {
  readonly schedule: PollSchedule;
  readonly config: Pick<ClientConfig, 'name' | 'audit' | 'source'>;
  /** undefined: no hosts and paths are expected */
  readonly groups: GroupSettings | undefined;
  /** activities of all places */
  readonly restores: readonly Activity<Run>[];
  readonly loop: SourceLoop;
  /** opens the source again, apart from the loop's; what it remembers is not kept until the next audit */
  readonly open: () => Location;
}

export interface SourceWorkers {
  readonly sourceWorker: SourceWorker;
  /** apart from the other one, because a restore may take days, and the source is audited meanwhile */
  readonly restoreWorker: SourceWorker;
  readonly all: readonly SourceWorker[];
}

export function makeSourceWorkers(parts: Parts): SourceWorkers {
  const { config, loop, open, groups, restores, schedule, ...shared } = parts;
  const place: SourceWorkplace = {
    ...shared,
    client: config.name,
    auditEveryMs: config.audit.everyMs,
    isRemote: placeTraits(config.source).isRemote,
    source: open,
    view: () => loop.view,
    recheck: (signal) => loop.recheck(signal),
    confirmSizes: (listed) => loop.objects.confirm(listed),
    isThere: () => loop.view !== undefined,
    ...(groups && { groups }),
  };
  const activities = SOURCE_ACTIVITIES.flatMap((make) => make(place) ?? []);
  rememberSourceActivities({ ...shared, activities: [...activities, ...restores] });
  const sourceWorker = new SourceWorker({ ...shared, schedule, activities });
  const restoreWorker = new SourceWorker({ ...shared, schedule, activities: restores });
  return { sourceWorker, restoreWorker, all: [sourceWorker, restoreWorker] };
}

/**
 * Runs what is due beside the source loop, one at a time. Neither waits for the other (I9). While the client is paused, the source is
 * still watched, which takes its audit; the restore check knows by itself which places are paused.
 */
export class SourceWorker {
  private readonly options: SourceWorkerOptions;
  readonly wakeup = new Wakeup();
  private readonly mutex = new Mutex();
  private readonly interruption = new Interruption();

  constructor(options: SourceWorkerOptions) {
    this.options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { activities, schedule } = this.options;
    while (!signal.aborted && activities.length > 0) {
      for (const activity of activities)
        await this.mutex.run(async () => {
          if (activity.isDue()) await this.perform(activity, signal, 'schedule');
        });
      await this.wakeup.waitUpTo(schedule.wait(), signal);
    }
  }

  /** Audits the source now. */
  async audit(signal: AbortSignal): Promise<AuditReport> {
    const { activities, store } = this.options;
    const audit = activities.find(({ name }) => name === 'audit');
    if (audit === undefined) throw new Error('nothing audits the source');
    const report = await this.mutex.run(() => this.perform(audit, signal, 'request'));
    const trouble = troubleIn(report);
    if (trouble !== undefined) return { place: SOURCE_NAME, trouble };
    const { lastAudit: result } = store.source.audit;
    return { place: SOURCE_NAME, ...(result && { result }) };
  }

  /** Runs something else; no activity runs in the meantime. */
  async instead<T>(signal: AbortSignal, act: (run: Run) => Promise<T>): Promise<T> {
    const { clock } = this.options;
    return this.mutex.run(() =>
      this.interruption.during(signal, (until) =>
        act(new SourceRun({ signal: until, cause: 'request', clock })),
      ),
    );
  }

  /** Interrupts what is running if it works at one of these places, which are paused; resolves when it has ended. */
  async interrupt(paused: readonly string[]): Promise<void> {
    if (!areWorkingAt(this.options.activities, paused)) return;
    this.interruption.interrupt();
    await this.mutex.run(() => Promise.resolve());
  }

  private async perform(
    activity: Activity<Run>,
    signal: AbortSignal,
    cause: Run['cause'],
  ): Promise<SyncReport> {
    const { clock } = this.options;
    return this.interruption.during(signal, (until) =>
      activity.run(new SourceRun({ signal: until, cause, clock })),
    );
  }
}

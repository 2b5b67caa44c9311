import type { Backend } from '../backends/backend.ts';
import type { BackendFacts } from '../facts/facts.ts';
import { backendPauseAt, type Pause } from '../facts/pauses.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { View } from '../repository/view.ts';
import { Interruption } from '../runtime/abort.ts';
import { Mutex } from '../runtime/mutex.ts';
import { formatDuration } from '../runtime/units.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { areWorkingAt, type Activity, type MakeActivity } from '../work/activity.ts';
import { rememberActivities } from '../work/attempts-record.ts';
import { waitMs } from '../work/backoff.ts';
import { Inspections } from '../work/inspections.ts';
import { BackendPass } from '../work/pass.ts';
import type { Cause } from '../work/sender.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Donor, Workplace } from '../work/workplace.ts';
import { Audit } from '../work/audit/audit.ts';
import type { AuditReport } from '../facts/audit-report.ts';
import { windowOf, type AuditRequest } from './audit-request.ts';
import { interruptedReport, pausedRefusal, pausedReport } from './paused-report.ts';
import { troubleIn } from './report-trouble.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { Evaluation } from '../work/evaluation.ts';

export interface WorkerOptions extends Omit<Workplace, 'evaluation'> {
  readonly schedule: PollSchedule;
  /** the activities there; one of them is the sync */
  readonly activities: readonly MakeActivity[];
  /** activities at this place that another worker runs */
  readonly elsewhere?: readonly Named[];
}

type Named = Pick<Activity, 'name'>;

const UNCHECKED = {
  message: 'nothing can be checked there: a script without verify',
  hint: 'add verify to this backend, with the place that the script copies to',
};

/** How long an audit that a person asks for waits for what is running there, in milliseconds: a script may take a day. */
const PATIENCE_MS = 60_000;

function busyTrouble(client: string, backend: string): AuditReport['trouble'] {
  return {
    message: `other work has been running there for more than ${formatDuration(PATIENCE_MS)}`,
    hint: `audit ${backend} when it has ended; to see what it is, run: backup-syncd status ${client}`,
  };
}

/** The backends other than one that were reached and listed: what that one has lost may be there. */
export function donorsOf(
  name: string,
  workers: readonly BackendWorker[],
  store: FactStore,
): readonly Donor[] {
  return workers
    .filter((worker) => worker.name !== name && store.backend(worker.name).place.up === true)
    .flatMap((worker) => worker.offer);
}

/** Runs what is due at one backend, one after the other. No other worker waits for it (I9). */
export class BackendWorker {
  readonly wakeup = new Wakeup();
  readonly name: string;
  private readonly schedule: PollSchedule;
  private readonly place: Workplace;
  private readonly inspections: Inspections;
  private readonly activities: readonly Activity[];
  private readonly sync: Activity;
  private readonly mutex = new Mutex();
  private readonly interruption = new Interruption();

  constructor({ schedule, activities, elsewhere = [], ...options }: WorkerOptions) {
    this.schedule = schedule;
    this.name = options.config.name;
    const place = { ...options, evaluation: new Evaluation(options) };
    this.place = place;
    this.inspections = new Inspections(place);
    this.activities = activities.flatMap((make) => make(place, this.inspections) ?? []);
    rememberActivities(this.name, { ...place, activities: [...this.activities, ...elsewhere] });
    const sync = this.activities.find(({ name }) => name === 'sync');
    if (sync === undefined) throw new Error('nothing syncs');
    this.sync = sync;
  }

  /** The objects that other backends may get here; none until it is listed, and while it is paused. */
  get offer(): readonly Donor[] {
    if (this.pause !== undefined) return [];
    const { readable: location, known } = this.place.backend;
    const { objects, lost } = known;
    if (location === undefined || objects === undefined) return [];
    return [{ name: this.name, location, objects, lost }];
  }

  /** Recomputes at once what is owed here, before the next inspection. */
  sourceChanged(): void {
    this.place.evaluation.sourceChanged();
  }

  /** Interrupts what is running if it works at one of these places, which are paused; resolves when it has ended. */
  async interrupt(paused: readonly string[]): Promise<void> {
    if (!paused.includes(this.name) && !areWorkingAt(this.activities, paused)) return;
    this.interruption.interrupt();
    await this.mutex.run(() => Promise.resolve());
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.wakeup.takeDemand())
        await this.pass(signal, 'request'); // ignores the backoff
      else await this.runDue(signal);
      await this.wakeup.waitUpTo(this.waitMs(), signal);
    }
  }

  /** Runs one sync. The result is in the report and in the facts; it never rejects. */
  async pass(signal: AbortSignal, cause: Cause): Promise<SyncReport> {
    return this.mutex.run(() => this.perform(this.sync, signal, cause));
  }

  /** Audits the backend now, unless other work holds it for long; returns why that failed, or undefined. */
  async audit(signal: AbortSignal): Promise<AuditReport['trouble']> {
    const { auditing, place, name } = this;
    if (auditing === undefined) return UNCHECKED;
    const work = () => this.perform(auditing, signal, 'request');
    const report = await this.mutex.runSoon(PATIENCE_MS, work);
    return report === undefined ? busyTrouble(place.client, name) : troubleIn(report);
  }

  /** Whether the last audit found objects that have to come back. */
  get hasRepairs(): boolean {
    return this.auditing?.hasRepairs === true;
  }

  /** Lets the sync bring back what the source has, and returns why that failed. The findings already say what is damaged. */
  async repairFromSource(signal: AbortSignal): Promise<AuditReport['repairTrouble']> {
    if (!this.hasRepairs) return undefined;
    const report = await this.now(this.sync, signal);
    return report.reason === 'damaged' ? undefined : troubleIn(report);
  }

  /** Lets other backends give what the source cannot give, and returns why that failed. */
  async repairFromOthers(signal: AbortSignal): Promise<AuditReport['repairTrouble']> {
    const repair = this.activities.find(({ name }) => name === 'repair');
    if (repair?.isDue() !== true) return undefined;
    const report = await this.now(repair, signal);
    await this.now(this.sync, signal);
    return troubleIn(report);
  }

  /** The findings of the last audit, by the window of a request, without objects that have come back since. */
  audited(request: AuditRequest): AuditReport {
    const { clock, config } = this.place;
    const window = windowOf(request, { now: clock.now(), maxLagMs: config.maxLagMs });
    const result = this.auditing?.judge(window);
    return { place: this.name, ...(result && { result }) };
  }

  /** The pause that is in force, if any: nothing is done here then. */
  private get pause(): Pause | undefined {
    const { clock, store } = this.place;
    return backendPauseAt(store.facts.pauses, this.name, clock.now());
  }

  private get auditing(): Audit | undefined {
    return this.activities.find((activity) => activity instanceof Audit);
  }

  private async now(activity: Activity, signal: AbortSignal): Promise<SyncReport> {
    return this.mutex.run(() => this.perform(activity, signal, 'request'));
  }

  /** Moves objects there, after a full inspection; no activity runs in the meantime. Rejects while it is paused. */
  async move<T>(view: View | undefined, signal: AbortSignal, act: Act<T>): Promise<T> {
    const { backend, store, around } = this.place;
    const pass = this.begin(signal, 'request');
    const doIt = async () => {
      await this.inspections.inspect(view, pass, 'full');
      try {
        return await act(backend, store.backend(this.name));
      } finally {
        pass.end();
        this.auditing?.noteMoved();
        store.markForSaving();
      }
    };
    return this.mutex.run(async () => {
      const { pause } = this;
      if (pause !== undefined) throw pausedRefusal(this.name, pause, this.place);
      return around(pass, doIt);
    });
  }

  /** Waits until the next poll, or the next attempt of an activity if that is sooner. */
  private waitMs(): number {
    const { clock, store } = this.place;
    const { attempts } = store.backend(this.name);
    const pollMs = this.schedule.wait();
    const waits = [attempts, ...Object.values(attempts.others ?? {})];
    return Math.min(
      ...waits.map(({ nextAttemptAt }) => waitMs(pollMs, nextAttemptAt, clock.now())),
    );
  }

  private async runDue(signal: AbortSignal): Promise<void> {
    for (const activity of this.activities)
      await this.mutex.run(async () => {
        if (this.pause === undefined && activity.isDue())
          await this.perform(activity, signal, 'schedule');
      });
  }

  private async perform(
    activity: Activity,
    signal: AbortSignal,
    cause: Cause,
  ): Promise<SyncReport> {
    const { pause } = this;
    if (pause !== undefined) return pausedReport(this.name, pause, this.place);
    const ended = await this.interruption.during(signal, (until) =>
      activity.run(this.begin(until, cause)),
    );
    const report = this.explained(ended);
    for (const each of this.activities) each.settle?.();
    if (activity.name === 'repair' && report.sent.objects > 0) this.wakeup.demand(); // the sync has waited for it
    this.place.onPass(report);
    return report;
  }

  private explained(report: SyncReport): SyncReport {
    const { pause } = this;
    if (report.outcome !== 'cancelled' || pause === undefined) return report;
    return interruptedReport(report, pause, this.place);
  }

  private begin(signal: AbortSignal, cause: Cause): BackendPass {
    return new BackendPass(this.place, { signal, cause });
  }
}

type Act<T> = (backend: Backend, known: BackendFacts) => Promise<T>;

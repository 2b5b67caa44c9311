import type { Backend, LookFacts } from '../backends/backend.ts';
import { OtherRepositoryError } from '../backends/same-repository.ts';
import type { Cause, Sent, Work } from '../work/sender.ts';
import type { BackendFacts } from '../facts/facts.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import type { View } from '../repository/view.ts';
import { sparedBy } from '../repository/pack-arrivals.ts';
import { isAbort } from '../runtime/abort.ts';
import { asSyncdError } from '../runtime/errors.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { mayAttempt, waitMs } from '../work/backoff.ts';
import { damaged, sourceCorrupt, twinOf } from '../work/sync/complaints.ts';
import { CorruptWatch } from '../work/sync/corrupt-watch.ts';
import { Evaluation } from '../work/evaluation.ts';
import { refuseDoubtful } from '../work/sync/refuse-doubtful.ts';
import { LookSchedule } from '../work/look-schedule.ts';
import { Outcomes } from '../work/sync/outcomes.ts';
import { BackendPass } from '../work/pass.ts';
import { inTurn } from '../work/transfers/in-turn.ts';
import type { Workplace } from '../work/workplace.ts';
import type { Beat } from './beat.ts';

interface WorkerOptions extends Workplace {
  readonly beat: Beat;
}

/** Drives one backend. One pass is `pass`; `run` is a thin shell around it. No other worker waits for it (I9). */
export class BackendWorker {
  readonly wakeup = new Wakeup();
  readonly name: string;
  private readonly options: WorkerOptions;
  private readonly schedule: LookSchedule;
  private readonly outcomes: Outcomes;
  private readonly mutex = new Mutex();
  private readonly corrupt: CorruptWatch;
  private readonly evaluation: Evaluation;
  private triedView: View | undefined;
  /** of the last look, whatever came of it */
  private seenView: View | undefined;
  private isDemanded = false;

  constructor(options: WorkerOptions) {
    this.options = options;
    this.name = options.config.name;
    this.schedule = new LookSchedule(options.config, () => options.clock.elapsedMs());
    this.corrupt = new CorruptWatch(options.source);
    this.evaluation = new Evaluation(options);
    this.outcomes = new Outcomes({ ...options, name: this.name });
  }

  /** Wakes the loop for a pass that waits for no backoff. */
  demand(): void {
    this.isDemanded = true;
    this.wakeup.nudge();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { beat, clock, store } = this.options;
    while (!signal.aborted) {
      const cause = this.isDemanded ? 'request' : 'schedule';
      this.isDemanded = false;
      await this.pass(signal, cause);
      const { nextAttemptAt } = store.backend(this.name).attempts;
      const wait = waitMs(beat.wait(), nextAttemptAt, clock.now());
      await this.wakeup.waitUpTo(wait, signal);
    }
  }

  /** Does ahead of a pass what needs no view of the source. */
  async prepare(signal: AbortSignal): Promise<void> {
    const { config, backend } = this.options;
    if (config.around === undefined) await backend.ours?.prepare({ signal }); // else it may not be there yet
  }

  /** One pass. How it went is in the report and in the facts; it never rejects. */
  async pass(signal: AbortSignal, cause: Cause = 'schedule'): Promise<SyncReport> {
    const report = await this.mutex.run(async () => {
      const pass = this.begin(signal, cause);
      return this.lookAndSync(pass).catch((error: unknown) => {
        if (isAbort(error)) return this.outcomes.cancelled(pass.end());
        return this.outcomes.failed(asSyncdError(error), pass.end(), cause);
      });
    });
    this.options.onPass(report);
    return report;
  }

  /** Does something else than a pass there, after a full look; no pass runs meanwhile. */
  async instead<T>(view: View | undefined, signal: AbortSignal, act: Act<T>): Promise<T> {
    const { backend, store, around } = this.options;
    const pass = this.begin(signal, 'request');
    const doIt = async () => {
      await this.look(view, pass);
      try {
        return await act(backend, store.backend(this.name));
      } finally {
        pass.end();
        store.markForSaving();
      }
    };
    return this.mutex.run(() => around(pass, doIt));
  }

  private begin(signal: AbortSignal, cause: Cause): BackendPass {
    const { name, evaluation } = this;
    const { store, clock, onStep, backend } = this.options;
    return new BackendPass({ name, evaluation, store, clock, onStep, backend }, { signal, cause });
  }

  private async lookAndSync(pass: BackendPass): Promise<SyncReport> {
    const view = this.options.view();
    if (this.mayRest(view, pass)) return this.rest(view, pass);
    this.seenView = view;
    return this.options.around(pass, () => this.syncThere(view, pass));
  }

  private async syncThere(view: View | undefined, pass: BackendPass): Promise<SyncReport> {
    await this.look(view, pass);
    if (view === undefined) return this.outcomes.nothingToSee(pass.end());
    if (this.options.config.traits.mayDelete) refuseDoubtful(view, this.options);
    const work = this.options.sender.work(view, pass.cause);
    pass.owes(work);
    if (work.isNothing) return this.nothingMissing(view, pass);
    if (await this.mayAttempt(view, work, pass)) return this.sync(view, work, pass);
    return this.outcomes.postponed(pass.end());
  }

  private mayRest(view: View | undefined, { cause }: BackendPass): boolean {
    const { backend, sender, store, clock } = this.options;
    if (cause === 'request') return false;
    return this.schedule.mayRest({
      ...{ known: store.backend(this.name), now: clock.now() },
      ...{ hasView: view !== undefined, isViewSeen: this.seenView === view },
      owesNothing: () =>
        view !== undefined &&
        backend.objects !== undefined &&
        backend.baselineAt !== undefined &&
        sender.work(view, cause).isNothing,
    });
  }

  private rest(view: View | undefined, pass: BackendPass): SyncReport {
    const report = pass.end();
    const isWell = this.options.store.backend(this.name).attempts.trouble === undefined;
    return view === undefined && isWell
      ? this.outcomes.nothingToSee(report)
      : this.outcomes.postponed(report);
  }

  private async look(view: View | undefined, pass: BackendPass): Promise<void> {
    const { signal, cause } = pass;
    const { backend, sender, source, store, clock } = this.options;
    const known = store.backend(this.name);
    const now = clock.now();
    const wanted = cause === 'request' ? 'full' : 'poll';
    const isListingDue = this.schedule.isListingDue(known, now);
    const how = { wanted, isListingDue, isIdle: sender.isIdle(view) } as const;
    const configSha256 = this.options.configSha256();
    const looked = { ...how, signal, view, source, now, configSha256, remembered: known };
    const look = pass.during('checking it', () => backend.look(looked));
    const found = await look.catch((error: unknown) => {
      if (error instanceof OtherRepositoryError) this.forget();
      throw error;
    });
    if (found.place.lastListing !== undefined) this.schedule.noteListing();
    this.refuseTwin(found);
    pass.looked({ ...found, hasDisks: this.options.config.traits.hasMarker });
  }

  private refuseTwin({ place: { markerId } }: LookFacts): void {
    const { backend, places } = this.options;
    if (markerId === undefined || backend.ours === undefined) return;
    const owner = places.note(this.name, markerId);
    if (owner === undefined) return;
    this.forget();
    throw twinOf(owner, backend.owner);
  }

  private forget(): void {
    this.options.backend.ours?.forget();
    this.options.store.forgetPlace(this.name);
  }

  private async mayAttempt(
    view: View,
    work: Work,
    { cause, signal }: BackendPass,
  ): Promise<boolean> {
    const { clock, store, config } = this.options;
    const { attempts, place } = store.backend(this.name);
    const { trouble, nextAttemptAt, lastAttemptAt } = attempts;
    const { freeBytes = 0 } = place;
    const hasSpaceAgain = freeBytes - (work.bytes ?? 0) >= config.minFreeBytes;
    const isObstacleGone =
      (trouble?.reason === 'no_space' && hasSpaceAgain) ||
      (trouble?.reason === 'source_corrupt' && (await this.corrupt.hasChanged(signal)));
    return mayAttempt({
      ...{ now: clock.now(), cause, nextAttemptAt, lastAttemptAt, isObstacleGone },
      reason: trouble?.reason,
      isNewView: this.triedView !== view,
    });
  }

  private async nothingMissing(view: View, pass: BackendPass): Promise<SyncReport> {
    await this.reachBaseline(view, pass);
    this.refuseDamage();
    return this.outcomes.nothing(pass.end(), pass.cause);
  }

  private async sync(view: View, work: Work, pass: BackendPass): Promise<SyncReport> {
    const { sender, source, config, store, backend } = this.options;
    this.triedView = view;
    const isFirstCopy = this.outcomes.started(work, backend.baselineAt === undefined);
    const sent = await inTurn(this.options, { work, isFirstCopy, pass }, () =>
      sender.send(view, {
        ...{ pass, source, minFreeBytes: config.minFreeBytes },
        freshView: this.options.freshView,
        sparedBy: (packs, { objects }) =>
          sparedBy(packs, store.source.contents.arrivals ?? [], objects),
      }),
    );
    await this.refuseCorrupt(sent, pass.signal);
    await this.reachBaseline(sent.view, pass);
    pass.sent(sent);
    this.refuseDamage();
    return this.outcomes.complete(pass.end());
  }

  /**
   * The source must be whole when a backend counts for the first time: so it is looked at once more, at all of it. A replica
   * that has lost what the source cannot give is damaged, whatever else is wrong with the source.
   */
  private async reachBaseline(view: View, pass: BackendPass): Promise<void> {
    const { signal } = pass;
    const { backend, clock, confirmSource } = this.options;
    this.refuseDamage();
    refuseDoubtful(view, this.options);
    const { ours } = backend;
    if (ours === undefined) return; // each listing tells
    if (backend.baselineAt === undefined) await confirmSource(signal);
    const prove = () => ours.reachBaseline(view, { signal, now: clock.now() });
    await pass.during('checking that everything is there', prove);
  }

  private async refuseCorrupt({ corrupt }: Sent, signal: AbortSignal): Promise<void> {
    const names = corrupt.map(({ kind, id }) => `${kind}/${id}`);
    this.options.store.updateBackend(this.name, 'attempts', { corrupt: names });
    await this.corrupt.remember(corrupt, signal);
    const complaint = sourceCorrupt(this.options.client, corrupt);
    if (complaint === undefined) return;
    this.refuseDamage();
    throw complaint;
  }

  private refuseDamage(): void {
    const { backend } = this.options;
    const complaint = damaged(backend, backend.owner);
    if (complaint !== undefined) throw complaint;
  }
}

type Act<T> = (backend: Backend, known: BackendFacts) => Promise<T>;

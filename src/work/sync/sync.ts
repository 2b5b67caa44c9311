import type { SyncReport } from '../../facts/sync-report.ts';
import { sparedBy } from '../../repository/pack-arrivals.ts';
import type { View } from '../../repository/view.ts';
import { isAbort } from '../../runtime/abort.ts';
import { asSyncdError } from '../../runtime/errors.ts';
import type { Activity } from '../activity.ts';
import type { Inspections } from '../inspections.ts';
import { mayAttempt } from '../backoff.ts';
import type { BackendPass } from '../pass.ts';
import type { Sent, Work } from '../sender.ts';
import { inTurn } from '../transfers/in-turn.ts';
import type { Workplace } from '../workplace.ts';
import { damaged, sourceCorrupt } from './sync-errors.ts';
import { CorruptWatch } from './corrupt-watch.ts';
import { mayRest } from './may-rest.ts';
import { Outcomes } from './outcomes.ts';
import { refuseDoubtful } from './refuse-doubtful.ts';

/** Copies the source's view to a backend: inspects it, sends what is missing, and proves that it arrived. */
export class Sync implements Activity {
  readonly name = 'sync';
  readonly everyMs = undefined;
  private readonly place: Workplace;
  private readonly inspections: Inspections;
  private readonly outcomes: Outcomes;
  private readonly corrupt: CorruptWatch;
  private triedView: View | undefined;
  /** of the last inspection, whatever its result */
  private seenView: View | undefined;

  constructor(place: Workplace, inspections: Inspections) {
    this.place = place;
    this.inspections = inspections;
    this.outcomes = new Outcomes(place);
    this.corrupt = new CorruptWatch(place.source);
  }

  /** Due with each poll; the pass decides whether to inspect the place. */
  isDue(): boolean {
    return true;
  }

  async run(pass: BackendPass): Promise<SyncReport> {
    try {
      return await this.inspectAndSync(pass);
    } catch (error) {
      if (isAbort(error)) return this.outcomes.cancelled(pass.end());
      return this.outcomes.failed(asSyncdError(error), pass.end(), pass.cause);
    }
  }

  private get known() {
    return this.place.store.backend(this.place.config.name);
  }

  private async inspectAndSync(pass: BackendPass): Promise<SyncReport> {
    const view = this.place.view();
    if (this.mayRest(view, pass)) return this.rest(view, pass);
    this.seenView = view;
    return this.place.around(pass, () => this.syncThere(view, pass));
  }

  private async syncThere(view: View | undefined, pass: BackendPass): Promise<SyncReport> {
    const { config, sender } = this.place;
    await this.inspections.inspect(view, pass, pass.cause === 'request' ? 'full' : 'poll');
    if (view === undefined) return this.nothingToSee(pass);
    if (config.traits.mayDelete) refuseDoubtful(view, this.place);
    const work = sender.work(view, pass.cause);
    pass.owes(work);
    if (work.isNothing) return this.nothingMissing(view, pass);
    if (await this.mayAttempt(view, work, pass)) return this.sync(view, work, pass);
    return this.outcomes.postponed(pass.end());
  }

  private mayRest(view: View | undefined, { cause }: BackendPass): boolean {
    const { backend, sender, clock, config } = this.place;
    if (cause === 'request') return false;
    const { known } = this;
    const { lastContact = 0 } = known.place;
    const now = clock.now();
    return mayRest({
      known,
      now,
      probeEveryMs: config.intervals.probeEveryMs,
      hasView: view !== undefined,
      isViewSeen: this.seenView === view,
      isDoubted: Object.values(known.attempts.others ?? {}).some(
        ({ lastAttemptAt = 0 }) => lastAttemptAt > lastContact && lastAttemptAt <= now,
      ),
      owesNothing: () =>
        view !== undefined &&
        backend.known.objects !== undefined &&
        backend.known.baselineAt !== undefined &&
        sender.work(view, cause).isNothing,
    });
  }

  private rest(view: View | undefined, pass: BackendPass): SyncReport {
    const isWell = this.known.attempts.trouble === undefined;
    if (view === undefined && isWell) return this.nothingToSee(pass);
    return this.outcomes.postponed(pass.end());
  }

  private nothingToSee(pass: BackendPass): SyncReport {
    pass.owes(undefined); // unknown
    return this.outcomes.nothingToSee(pass.end());
  }

  private async mayAttempt(
    view: View,
    work: Work,
    { cause, signal }: BackendPass,
  ): Promise<boolean> {
    const { clock, config } = this.place;
    const { trouble, nextAttemptAt, lastAttemptAt } = this.known.attempts;
    const { freeBytes = 0 } = this.known.place;
    const hasSpaceAgain = freeBytes - (work.bytes ?? 0) >= config.minFreeBytes;
    const isObstacleGone =
      (trouble?.reason === 'no_space' && hasSpaceAgain) ||
      (trouble?.reason === 'source_corrupt' && (await this.corrupt.hasChanged(signal)));
    return mayAttempt({
      now: clock.now(),
      cause,
      nextAttemptAt,
      lastAttemptAt,
      isObstacleGone,
      reason: trouble?.reason,
      isNewView: this.triedView !== view,
    });
  }

  private async nothingMissing(view: View, pass: BackendPass): Promise<SyncReport> {
    await this.reachBaseline(view, pass);
    this.refuseDamage();
    pass.owesNothing();
    return this.outcomes.nothing(pass.end(), pass.cause);
  }

  private async sync(view: View, work: Work, pass: BackendPass): Promise<SyncReport> {
    const { backend, sender, source, config, store } = this.place;
    this.triedView = view;
    const isFirstCopy = this.outcomes.started(work, backend.known.baselineAt === undefined);
    const sent = await inTurn(this.place, { work, isFirstCopy, pass }, () =>
      sender.send(view, {
        pass,
        source,
        minFreeBytes: config.minFreeBytes,
        freshView: this.place.freshView,
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
   * The source must be intact when a backend counts for the first time, so all of it is checked again. A replica that has lost
   * objects that the source cannot replace is damaged, whatever else is wrong with the source.
   */
  private async reachBaseline(view: View, pass: BackendPass): Promise<void> {
    const { signal } = pass;
    const { backend, clock, confirmSource } = this.place;
    this.refuseDamage();
    refuseDoubtful(view, this.place);
    const { managed: ours } = backend;
    if (ours === undefined) return; // each listing shows it
    if (backend.known.baselineAt === undefined) await confirmSource(signal);
    const prove = () => ours.reachBaseline(view, { signal, now: clock.now() });
    await pass.during('checking that everything is there', prove);
  }

  private async refuseCorrupt({ corrupt }: Sent, signal: AbortSignal): Promise<void> {
    const { client } = this.place;
    this.outcomes.corrupt(corrupt.map(({ kind, id }) => `${kind}/${id}`));
    await this.corrupt.remember(corrupt, signal);
    const complaint = sourceCorrupt(client, corrupt);
    if (complaint === undefined) return;
    this.refuseDamage();
    throw complaint;
  }

  private refuseDamage(): void {
    const { backend } = this.place;
    const complaint = damaged(backend.known, backend.owner);
    if (complaint !== undefined) throw complaint;
  }
}

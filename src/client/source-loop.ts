import { listObjects } from '../backends/list-objects.ts';
import { careOf, type Care } from '../locations/care.ts';
import type { Location } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { KeyFiles } from '../replication/key-files.ts';
import { isDoubtful } from '../report/doubtful.ts';
import type { Doing } from '../report/types.ts';
import { areEqual, type Objects } from '../repository/objects.ts';
import type { View } from '../repository/view.ts';
import { recordArrival } from '../repository/pack-arrivals.ts';
import { SourceProblem } from '../replication/source-problem.ts';
import { withoutChanged } from '../replication/without-changed.ts';
import { sha256, takeView } from '../replication/take-view.ts';
import { isAbort } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { Mutex } from '../runtime/mutex.ts';
import { optional } from '../runtime/optional.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { PollSchedule } from './poll-schedule.ts';
import { ChangedObjects } from './changed-objects.ts';
import type { FactStore } from '../facts/fact-store.ts';
import { showLong } from '../work/long-work.ts';
import { acknowledge } from './acknowledgement.ts';
import type { Acknowledged, RequestOf } from './control-protocol.ts';
import { noteIntervention } from './interventions.ts';
import { SourceGuard } from './source-guard.ts';
import { SnapshotTracker } from './snapshot-tracker.ts';
import { SourceLocks } from './source-locks.ts';
import { SourceMemory } from './source-memory.ts';
import {
  classify,
  noticedIn,
  requireSameRepository,
  requireSnapshots,
  untilConfirmed,
} from './source-problems.ts';
import { SourceOutcomes } from './source-outcomes.ts';
import type { LoopProgress } from './loop-progress.ts';
import { viewFacts } from './view-facts.ts';

export interface SourceLoopOptions {
  readonly source: Location;
  /** its kind is a remote */
  readonly isRemote: boolean;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly schedule: PollSchedule;
  /** whether the operator accepted a `config` with this SHA-256 at a backend */
  readonly isAccepted: (configSha256: string, signal: AbortSignal) => Promise<boolean>;
  /** called when a new view was taken, or the source changed its state */
  readonly onChange: () => void;
  /** called after each successful check; arms the watch, which calls `wakeup.nudge` */
  readonly onPolled?: () => void;
}

interface PollOptions {
  /** takes a view again, even if nothing seems to have changed */
  readonly refresh?: boolean;
  /** default: `poll` */
  readonly care?: Care;
}

/** Checks the source and keeps its newest valid view. One check is `poll`; `run` is a thin shell around it. */
export class SourceLoop {
  readonly wakeup = new Wakeup();
  private readonly options: SourceLoopOptions;
  private readonly mutex = new Mutex();
  private checks = 0;
  /** the newest valid view; undefined while the source has none */
  view: View | undefined;
  /** the view as it was listed, with what is as good as gone */
  private listed: View | undefined;
  /** the hash of the source's `config` as last read, accepted or not */
  configSha256: string | undefined;
  /** of a listing with the same content as the view */
  private revisionOfView: string | undefined;
  private readonly locks: SourceLocks;
  private readonly keyFiles: KeyFiles;
  readonly memory: SourceMemory;
  readonly guard: SourceGuard;
  readonly objects: ChangedObjects;
  private readonly snapshots: SnapshotTracker;
  readonly outcomes: SourceOutcomes;

  constructor(options: SourceLoopOptions) {
    this.options = options;
    this.locks = new SourceLocks(options);
    this.keyFiles = new KeyFiles(options.store.source.contents.acceptedKeys);
    this.memory = new SourceMemory(options);
    this.guard = new SourceGuard(options);
    const onChanged = (message: string) => this.guard.noteOverwritten(message);
    this.objects = new ChangedObjects({ ...options, onChanged });
    this.snapshots = new SnapshotTracker({ ...options, guard: this.guard });
    this.outcomes = new SourceOutcomes(options);
  }

  /** All objects of that view, for a later process: those that were overwritten, with the size that they had. */
  get known(): Objects | undefined {
    return this.view && this.objects.last;
  }

  get progress(): Omit<LoopProgress, 'client'> {
    const { checks, options } = this;
    const { progress, health } = options.store.source;
    const isWaiting = progress.doing !== undefined;
    const { lastScanAt } = health;
    const pollMs = options.schedule.everyMs;
    return { checks, isWaiting, pollMs, ...optional({ lastScanAt }) };
  }

  /** Called by a watch when `snapshots/` changes; with a name, if that appeared or left. */
  changed(name?: string): void {
    if (name !== undefined) this.snapshots.noteEvent(name);
    this.wakeup.nudge();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.poll(signal).catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
      this.checks += 1;
      if (this.view !== undefined) this.options.onPolled?.(); // a place that responds can be watched
      await this.wakeup.waitUpTo(this.options.schedule.wait(), signal);
    }
  }

  /** Takes over names that an earlier process listed. Call it before the first check. */
  recall(objects: Objects): void {
    this.memory.recall(objects);
    this.objects.recall(objects);
  }

  /** Runs one check. Problems of the source are in the facts and never thrown; only an AbortError is. */
  async poll(signal: AbortSignal, how: PollOptions = {}): Promise<void> {
    const { clock, store } = this.options;
    const show = (doing: Doing | undefined) => store.updateSource('progress', { doing });
    const work = { what: 'checking it', clock, show };
    await this.mutex.run(() => showLong(work, () => this.scan(signal, how)));
  }

  /** Returns a view that is newer than this call; rejects with the problem of the source. */
  async freshView(signal: AbortSignal, care: Care = 'names'): Promise<View> {
    await this.poll(signal, { refresh: true, care });
    return this.requireView();
  }

  /** Lists all kinds again, and takes a view, without trusting anything remembered. */
  async recheck(signal: AbortSignal): Promise<void> {
    await this.poll(signal, { refresh: true, care: 'full' });
  }

  /** Lists all kinds again, without trusting anything remembered; rejects unless the source is `ok`. */
  async confirm(signal: AbortSignal): Promise<void> {
    await this.poll(signal, { care: 'full' });
    this.requireView();
    if (this.options.store.source.health.state !== 'ok') throw this.problem();
  }

  /** Accepts what has vanished, ends alarms, and may announce more removals, for a person. */
  async acknowledge(request: RequestOf<'ack'>, signal: AbortSignal): Promise<Acknowledged> {
    return this.mutex.run(async () => {
      const done = acknowledge(request, this, (one) => noteIntervention(this.options, one));
      if (done.accepted !== undefined) {
        const { by, reason, message } = done.accepted;
        this.options.log.warn({ by, reason }, `acknowledged: ${message}`);
        await this.scan(signal, { refresh: true });
      }
      return done;
    });
  }

  private async scan(
    signal: AbortSignal,
    { refresh = false, care: requested = 'poll' }: PollOptions,
  ): Promise<void> {
    const { store } = this.options;
    try {
      if (this.snapshots.holdAgainstClock()) this.options.onChange();
      const locks = await this.locks.check(signal); // before anything is listed
      this.memory.begin(locks);
      const isDemanded = this.wakeup.takeDemand();
      const care = this.careFor(requested);
      const isDecided = await this.objects.checkAgain(signal);
      if (refresh || isDemanded || isDecided || (await this.hasChanged(signal, care)))
        await this.retake(signal, care);
      else {
        this.memory.noteUnchanged();
        this.guard.noteUnchanged();
      }
      this.outcomes.viewed(this.memory.judge(), locks);
    } catch (error) {
      if (isAbort(error)) throw error;
      const problem = await this.explain(error, signal);
      if (problem.fault !== 'busy') [this.view, this.listed] = [undefined, undefined];
      this.outcomes.failed(untilConfirmed(problem, store.source.health), noticedIn(problem));
    }
    this.guard.noteState();
  }

  private async explain(error: unknown, signal: AbortSignal): Promise<SourceProblem> {
    if (!(error instanceof SourceProblem)) return classify(error, this.options.source, signal);
    const { objects } = error.absence ?? {};
    if (objects !== undefined) await this.objects.note(objects, false, signal); // what is left may be overwritten
    return this.memory.explain(error, signal);
  }

  private requireView(): View {
    const { view } = this;
    const { state } = this.options.store.source.health;
    if (view !== undefined && (state === 'ok' || isDoubtful(state))) return view;
    throw this.problem();
  }

  private problem(): SourceProblem {
    const { trouble, state } = this.options.store.source.health;
    const fault = state === 'ok' || state === 'unknown' ? 'missing' : state;
    return new SourceProblem(
      fault,
      trouble?.message ?? `the source is ${state}`,
      trouble?.hint ?? 'check the state of the source',
      { ...(isDoubtful(state) && trouble && { reason: trouble.reason }) },
    );
  }

  /** All of it is listed only on request, as by the audit. */
  private careFor(wanted: Care): Care {
    const { isRemote } = this.options;
    return careOf({ wanted, isKnown: true, isRemote, isDamaged: false, isIdle: true });
  }

  /**
   * Checks the names of all kinds and `config`. At a remote, each of them costs a request, so a poll checks only `snapshots/`.
   */
  private async hasChanged(signal: AbortSignal, care: Care): Promise<boolean> {
    const { source, isRemote, clock, store } = this.options;
    const { listed: current } = this;
    if (current === undefined) return true;
    if (isRemote && care === 'poll') {
      const { objects } = await source.list('snapshots', { signal, care });
      return !objects.equals(current.objects.snapshots);
    }
    const [{ objects, revision }, config] = await Promise.all([
      listObjects(source, { signal, care }),
      source.read('config', { signal }),
    ]);
    if (care === 'full') store.updateSource('contents', { lastListing: clock.now() });
    if (config === undefined || sha256(config) !== current.configSha256) return true;
    const known = withAllKeys(current);
    const isEqual = revision === this.revisionOfView || areEqual(objects, known);
    if (isEqual && care === 'full') await this.objects.note(known, true, signal);
    if (isEqual) this.revisionOfView = revision;
    return !isEqual;
  }

  private async retake(signal: AbortSignal, care: Care): Promise<void> {
    const { source, isRemote, clock, store, onChange, log } = this.options;
    const taken = await takeView(source, {
      signal,
      keyFiles: this.keyFiles,
      care: care === 'full' ? 'full' : 'names',
      like: this.objects.last,
      now: () => clock.now(),
    });
    const { view } = taken;
    this.revisionOfView = undefined;
    this.configSha256 = view.configSha256;
    await requireSameRepository(view, this.options, signal);
    await this.objects.note(withAllKeys(view), care === 'full' || isRemote, signal);
    requireSnapshots(taken, this.options);
    await this.memory.note(view, signal);
    await this.snapshots.note(taken, signal);
    this.noteArrival(view);
    this.listed = view;
    this.view = withoutChanged(view, this.memory.vanishedFrom(taken), this.objects.overwritten);
    this.guard.noteKeys(view.listedKeys ?? view.objects.keys);
    store.updateSource('contents', viewFacts(taken, { before: store.source.contents, log }));
    if (care === 'full' || isRemote) store.updateSource('contents', { lastListing: view.takenAt });
    store.markForSaving();
    onChange();
  }

  /** Records what was there before packs arrived, in case one of them turns out to be corrupt. */
  private noteArrival({ objects }: View): void {
    const { store } = this.options;
    const current = this.view;
    if (current === undefined || current.vanished !== undefined) return; // vanished objects may come back corrupt
    const { arrivals = [] } = store.source.contents;
    store.updateSource('contents', { arrivals: recordArrival(arrivals, current.objects, objects) });
  }
}

/** The objects of a view, with the keys that are not sent. */
function withAllKeys({ objects, listedKeys: keys = objects.keys }: View): Objects {
  return { ...objects, keys };
}

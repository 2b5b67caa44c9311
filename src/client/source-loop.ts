import type { Location, LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { Catalogue, minus } from '../repository/catalogue.ts';
import { latestOf } from '../repository/snapshot-times.ts';
import type { View } from '../repository/view.ts';
import { findEdit, observeTimes, type SnapshotObservation } from '../replication/snapshot-age.ts';
import { KeyFiles } from '../replication/key-files.ts';
import { diagnoseSource, SourceProblem } from '../replication/source-problem.ts';
import { takeView, type TakenView } from '../replication/take-view.ts';
import { isAbort } from '../runtime/abort.ts';
import { asked } from '../runtime/asked.ts';
import type { Clock } from '../runtime/clock.ts';
import { asSyncdError } from '../runtime/errors.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Beat } from './beat.ts';
import { isAnywhere } from './evaluate.ts';
import type { FactStore } from './fact-store.ts';
import { SourceLocks } from './source-locks.ts';
import { viewFacts } from './view-facts.ts';

const SUSPECT_MS = 10_000;

export interface SourceLoopOptions {
  readonly source: Location;
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly beat: Beat;
  /** whether sizes are needed of what is not new */
  readonly sizes: boolean;
  /** whether a `config` with this SHA-256 was accepted at a backend by the operator */
  readonly isAccepted: (configSha256: string, signal: AbortSignal) => Promise<boolean>;
  /** called when a new view was taken, or the source changed its state */
  readonly onChange: () => void;
  /** called after each good look: arms the watch, which calls `wakeup.nudge` */
  readonly onPolled?: () => void;
}

/** Looks at the source and keeps the newest valid view of it. One look is `poll`; `run` is a thin shell around it. */
export class SourceLoop {
  readonly wakeup = new Wakeup();
  private readonly options: SourceLoopOptions;
  private readonly mutex = new Mutex();
  private readonly locks: SourceLocks;
  private readonly keyFiles: KeyFiles;
  private current: View | undefined;
  private foundConfig: string | undefined;
  private suspects: ReadonlyMap<string, number> = new Map();
  private hasLooked = false;
  private isDemanded = false;
  private seen: { snapshots: Catalogue; keys: Catalogue; index: Catalogue } | undefined;

  constructor(options: SourceLoopOptions) {
    this.options = options;
    this.locks = new SourceLocks(options);
    this.keyFiles = new KeyFiles(options.store.source.acceptedKeys);
  }

  /** The newest valid view; undefined while the source has none. */
  get view(): View | undefined {
    return this.current;
  }

  /** Of the source's `config` as it was last read, whether it was accepted or not. */
  get configSha256(): string | undefined {
    return this.foundConfig;
  }

  /** Wakes the loop to look at everything, whether it seems changed or not. */
  demand(): void {
    this.isDemanded = true;
    this.wakeup.nudge();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.poll(signal).catch((error: unknown) => {
        if (!isAbort(error)) throw error;
      });
      if (this.options.store.source.state === 'ok') this.options.onPolled?.(); // what answers a look can be watched
      await this.wakeup.waitUpTo(this.options.beat.wait(), signal);
    }
  }

  /** One look. What is wrong with the source is in the facts, never thrown; an AbortError is. */
  async poll(signal: AbortSignal, { force = false, incremental = true } = {}): Promise<void> {
    await this.mutex.run(async () => {
      const locks = asked(() => this.locks.look(signal));
      try {
        if (force || this.takeDemand() || (await this.hasChanged(signal)))
          await this.retake(signal, incremental);
        this.noteGood(await locks());
      } catch (error) {
        if (isAbort(error)) throw error;
        await this.noteFault(error, signal);
      }
    });
  }

  /** A view that is newer than this call; rejects with what is wrong with the source. */
  async freshView(signal: AbortSignal, { incremental = true } = {}): Promise<View> {
    await this.poll(signal, { force: true, incremental });
    const { trouble, state } = this.options.store.source;
    if (this.current !== undefined && state === 'ok') return this.current;
    const fault = state === 'busy' ? 'busy' : 'missing';
    throw new SourceProblem(fault, trouble?.message ?? `the source is ${state}`, {
      hint: trouble?.hint ?? 'look at the state of the source',
    });
  }

  private takeDemand(): boolean {
    const was = this.isDemanded;
    this.isDemanded = false;
    return was;
  }

  /**
   * Reads nothing but `snapshots/` and `keys/`, and these only if they look changed. At a remote each of them costs a
   * request: a new key is seen there with the next snapshot, or when somebody asks.
   */
  private async hasChanged(signal: AbortSignal): Promise<boolean> {
    const { source, sizes, store, clock } = this.options;
    if (this.current === undefined || this.seen === undefined) return true;
    if ((store.source.latest?.at ?? 0) > clock.now()) return true; // the clock went back: times become "now"
    const listing = { signal, sizes, incremental: true };
    const [snapshots, keys] = await Promise.all([
      source.list('snapshots', listing),
      source.isRemote === true ? { objects: this.seen.keys } : source.list('keys', listing),
    ]);
    return snapshots.objects !== this.seen.snapshots || keys.objects !== this.seen.keys;
  }

  private async retake(signal: AbortSignal, incremental: boolean): Promise<void> {
    const { source, clock, store, onChange, sizes } = this.options;
    const now = () => clock.now();
    const taken = await takeView(source, {
      signal,
      now,
      sizes,
      incremental,
      keyFiles: this.keyFiles,
    });
    this.foundConfig = taken.view.configSha256;
    await this.requireSameRepository(taken.view.configSha256, signal);
    await this.noteSnapshots(taken, signal);
    this.current = taken.view;
    const { snapshots, keys, index } = taken.view.objects;
    this.seen = { snapshots, keys, index };
    const { log } = this.options;
    store.updateSource(viewFacts(taken, { before: store.source, log, sizes }));
    store.markForSaving();
    onChange();
  }

  private async noteSnapshots(taken: TakenView, signal: AbortSignal): Promise<void> {
    const { source, clock, store } = this.options;
    const { times } = store.facts;
    const { view, snapshotsChangedAt } = taken;
    const current = view.objects.snapshots;
    const fresh = times.missingFrom(current);
    const stats = await source.stat('snapshots', fresh, { signal });
    const before = store.source.snapshots;
    const observation = {
      times,
      before,
      current,
      mtimes: new Map(stats.map(({ id, mtimeMs }) => [id, Math.round(mtimeMs)])),
      now: clock.now(),
      indexChanged: this.seen?.index !== view.objects.index,
      suspects: this.suspects,
      directoryChangedAt: snapshotsChangedAt,
    };
    const observed = observeTimes(observation);
    const edit = findEdit(observation);
    this.suspect(observation, edit.fresh);
    const gone =
      before === undefined ? [] : [...minus(before, current).entries()].map(({ id }) => id);
    const lost = gone.filter((id) => !edit.gone.includes(id) && !isAnywhere(store.facts, id));
    store.updateSource({ snapshots: current, latest: latestOf(current, observed) });
    store.update({
      times:
        gone.length === 0
          ? observed
          : observed.keepOnly((id) => current.has(id) || isAnywhere(store.facts, id)),
      lostUnreplicated: store.facts.lostUnreplicated + lost.length,
    });
    this.say(fresh.length, lost.length);
  }

  /** Remembers for a while what may turn out to be an edit when the snapshot that it replaces is gone. */
  private suspect(
    { mtimes, indexChanged, now }: SnapshotObservation,
    known: readonly string[],
  ): void {
    const fresh = indexChanged ? [] : [...mtimes];
    this.suspects = new Map(
      [...this.suspects, ...fresh].filter(
        ([id, mtime]) => now - mtime < SUSPECT_MS && !known.includes(id),
      ),
    );
  }

  private say(appeared: number, lost: number): void {
    const { log } = this.options;
    if (appeared > 0 && this.current !== undefined)
      log.info({ snapshots: appeared }, newSnapshots(appeared));
    if (lost > 0)
      log.error(
        { snapshots: lost },
        `${lost} snapshots left the source before they were anywhere else`,
      );
  }

  private async requireSameRepository(configSha256: string, signal: AbortSignal): Promise<void> {
    const { store, source, isAccepted } = this.options;
    const known = store.source.configSha256;
    if (known === undefined || known === configSha256 || (await isAccepted(configSha256, signal)))
      return;
    throw new SourceProblem(
      'different_repository',
      `${source.label} is another repository than before`,
      {
        hint: "if it was changed by 'restic migrate', run 'backup-syncd backend accept-config' for each backend; else find out who replaced it",
      },
    );
  }

  private noteGood(locks: LockFiles | undefined): void {
    const { store, clock, log } = this.options;
    this.hasLooked = true;
    const now = clock.now();
    const { state, stateSince, scans } = store.source;
    if (state !== 'ok' && state !== 'unknown') log.info({}, 'the source is back');
    store.updateSource({
      state: 'ok',
      stateSince: state === 'ok' ? stateSince : now,
      trouble: undefined,
      lastScanAt: now,
      observedAt: now,
      scans: scans + 1,
      locks: locks?.count,
      oldestLockAt: locks?.oldestAt,
    });
  }

  private async noteFault(error: unknown, signal: AbortSignal): Promise<void> {
    const { store, clock, log, onChange } = this.options;
    const problem = await this.classify(error, signal);
    const { source } = store;
    const isNew = source.state !== problem.fault || !this.hasLooked;
    this.hasLooked = true;
    if (problem.fault !== 'busy') this.current = undefined;
    store.updateSource({
      state: problem.fault,
      stateSince: isNew ? clock.now() : source.stateSince,
      trouble: { reason: problem.reason, message: problem.message, hint: problem.hint },
      lastScanAt: clock.now(),
      scans: source.scans + 1,
      scanFailures: source.scanFailures + 1,
    });
    if (!isNew) return;
    log.error({ state: problem.fault, hint: problem.hint }, problem.message);
    store.markForSaving();
    onChange();
  }

  private async classify(error: unknown, signal: AbortSignal): Promise<SourceProblem> {
    if (error instanceof SourceProblem) return error;
    const { source } = this.options;
    const {
      reason,
      message,
      hint = 'look at the source, and at what is between it and here',
    } = asSyncdError(error);
    if (reason === 'timeout') return new SourceProblem('timeout', message, { hint, cause: error });
    const found = await source.inspect({ signal }).catch(() => undefined);
    if (found !== undefined && found.root !== 'directory')
      return diagnoseSource(found, source.label);
    // too many open files, say: the source is not to blame
    const reasonKept = reason === 'tool' || reason === 'internal' ? { reason } : {};
    return new SourceProblem('unreadable', message, { hint, cause: error, ...reasonKept });
  }
}

function newSnapshots(count: number): string {
  return count === 1 ? 'a new snapshot' : `${count} new snapshots`;
}

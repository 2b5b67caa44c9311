import type { Location, LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { KeyFiles } from '../replication/key-files.ts';
import type { Catalogue } from '../repository/catalogue.ts';
import type { View } from '../repository/view.ts';
import { diagnoseSource, SourceProblem } from '../replication/source-problem.ts';
import { takeView } from '../replication/take-view.ts';
import { isAbort } from '../runtime/abort.ts';
import { asked } from '../runtime/asked.ts';
import type { Clock } from '../runtime/clock.ts';
import { asSyncdError } from '../runtime/errors.ts';
import { Mutex } from '../runtime/mutex.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Beat } from './beat.ts';
import type { FactStore } from './fact-store.ts';
import { SnapshotNotes } from './snapshot-notes.ts';
import { SourceLocks } from './source-locks.ts';
import { viewFacts } from './view-facts.ts';

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
  private readonly snapshots: SnapshotNotes;
  private current: View | undefined;
  private foundConfig: string | undefined;
  private hasLooked = false;
  private isDemanded = false;
  private seen: { snapshots: Catalogue; keys: Catalogue; index: Catalogue } | undefined;

  constructor(options: SourceLoopOptions) {
    this.options = options;
    this.locks = new SourceLocks(options);
    this.keyFiles = new KeyFiles(options.store.source.acceptedKeys);
    this.snapshots = new SnapshotNotes(options);
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
      if (this.snapshots.holdAgainstClock()) this.options.onChange();
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
    const { source, sizes } = this.options;
    if (this.current === undefined || this.seen === undefined) return true;
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
    await this.snapshots.note(taken, signal);
    this.current = taken.view;
    const { snapshots, keys, index } = taken.view.objects;
    this.seen = { snapshots, keys, index };
    const { log } = this.options;
    store.updateSource(viewFacts(taken, { before: store.source, log, sizes }));
    store.markForSaving();
    onChange();
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

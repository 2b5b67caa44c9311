import type { FactStore } from '../facts/fact-store.ts';
import { describePause } from '../facts/pause-words.ts';
import { backendPauseAt, clientPauseAt, type Pause } from '../facts/pauses.ts';
import { SOURCE_NAME } from '../facts/sync-report.ts';
import type { Log } from '../log/log.ts';
import { within } from '../runtime/abort.ts';
import type { Clock } from '../runtime/clock.ts';
import { noteIntervention } from './interventions.ts';
import { optional } from '../runtime/optional.ts';
import { notConfigured } from './move-retired.ts';
import type { PauseChange, RequestOf } from './control-protocol.ts';

interface Interruptible {
  readonly interrupt: (paused: readonly string[]) => Promise<void>;
  readonly wakeup: { readonly nudge: () => void };
}

interface Worker extends Interruptible {
  readonly name: string;
}

interface PausesOptions {
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  readonly workers: readonly Worker[];
  /** those beside the source loop */
  readonly sourceWorkers: readonly Interruptible[];
}

/** How long to wait for what is running to stop, in milliseconds. A place that hangs may hold it for longer. */
const STOP_MS = 10_000;

/** Pauses and resumes a client or its backends, on behalf of people. */
export class ClientPauses {
  private readonly options: PausesOptions;

  constructor(options: PausesOptions) {
    this.options = options;
  }

  /** Rejects for an unknown backend. Interrupts what is running there. */
  async pause({ backend, by, reason, endsAt }: RequestOf<'pause'>): Promise<PauseChange> {
    const before = this.inForce(backend);
    const at = optional({ backend });
    const isChanged = before?.endsAt !== endsAt || before.reason !== reason;
    const since = before?.since ?? this.options.clock.now();
    const pause = isChanged ? { since, endsAt, by, reason } : before;
    if (isChanged) {
      this.set(backend, pause);
      noteIntervention(this.options, { what: 'paused', by, reason, endsAt, ...at });
      this.logOf(backend).info({ by, reason }, describePause(pause));
    }
    const hasStopped = await within(STOP_MS, this.interrupt(backend));
    return { isChanged, ...optional({ before, pause }), ...(!hasStopped && { isStopping: true }) };
  }

  /** Rejects for an unknown backend. */
  resume({ backend, by }: RequestOf<'resume'>): PauseChange {
    const { store, clock, sourceWorkers } = this.options;
    const before = this.inForce(backend);
    const isChanged = before !== undefined;
    const now = clock.now();
    if (isChanged) {
      this.set(backend, { ...before, endsAt: now });
      noteIntervention(this.options, { what: 'resumed', by, ...optional({ backend }) });
      this.logOf(backend).info({ by }, 'resumed before the pause was over');
    }
    for (const worker of [...this.workersOf(backend), ...sourceWorkers]) worker.wakeup.nudge();
    if (backend === undefined) return { isChanged, ...optional({ before }), ...this.stillPaused() };
    const pause = backendPauseAt(store.facts.pauses, backend, now); // that of the client
    return { isChanged, ...optional({ before, pause }) };
  }

  private stillPaused(): Pick<PauseChange, 'stillPaused'> {
    const { store, clock, workers } = this.options;
    const paused = workers.flatMap(({ name }) => {
      const pause = backendPauseAt(store.facts.pauses, name, clock.now());
      return pause === undefined ? [] : [[name, pause] as const];
    });
    return paused.length === 0 ? {} : { stillPaused: Object.fromEntries(paused) };
  }

  /** The pause of exactly this target. */
  private inForce(backend: string | undefined): Pause | undefined {
    const { store, clock, workers } = this.options;
    const now = clock.now();
    if (backend === undefined) return clientPauseAt(store.facts.pauses, now);
    if (!workers.some(({ name }) => name === backend)) throw notConfigured(backend);
    const { backendPauses } = store.facts.pauses;
    return backendPauseAt({ ...(backendPauses && { backendPauses }) }, backend, now);
  }

  private set(backend: string | undefined, pause: Pause): void {
    const { store } = this.options;
    const { backendPauses } = store.facts.pauses;
    store.updatePauses(
      backend === undefined
        ? { clientPause: pause }
        : { backendPauses: { ...backendPauses, [backend]: pause } },
    );
    store.markForSaving();
  }

  /** Stops what works at a paused place, whichever worker runs it. */
  private async interrupt(backend: string | undefined): Promise<void> {
    const { workers, sourceWorkers } = this.options;
    const paused =
      backend === undefined ? [SOURCE_NAME, ...workers.map(({ name }) => name)] : [backend];
    const all = [...sourceWorkers, ...workers];
    await Promise.all(all.map(async (each) => each.interrupt(paused)));
  }

  private workersOf(backend: string | undefined): readonly Worker[] {
    const { workers } = this.options;
    return backend === undefined ? workers : workers.filter(({ name }) => name === backend);
  }

  private logOf(backend: string | undefined): Log {
    const { log } = this.options;
    return backend === undefined ? log : log.child({ backend });
  }
}

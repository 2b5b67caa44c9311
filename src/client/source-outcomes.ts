import type { LockFiles } from '../locations/location.ts';
import type { Log } from '../log/log.ts';
import { countsAsSource } from '../report/counting.ts';
import { isDoubtful } from '../report/doubtful.ts';
import type { Noticed, SourceHealth } from '../facts/source-health.ts';
import type { Acknowledgement, SourceState, SourceStateName } from '../report/types.ts';
import type { SourceProblem } from '../replication/source-problem.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FactStore } from '../facts/fact-store.ts';

interface SourceOutcomesOptions {
  readonly store: FactStore;
  readonly log: Log;
  readonly clock: Clock;
  /** called when the source changed its state */
  readonly onChange: () => void;
}

/** The result for a source with a new or confirmed valid view. */
export type Judgement = Pick<SourceState, 'state' | 'message' | 'hint'>;

/** Turns the result of a check into the state of the source, and a log line if it changed. */
export class SourceOutcomes {
  private readonly options: SourceOutcomesOptions;
  private hasChecked = false;

  constructor(options: SourceOutcomesOptions) {
    this.options = options;
  }

  /** Records a valid view, even though packs may have vanished. */
  viewed({ state, message = '', hint }: Judgement, locks: LockFiles | undefined): void {
    const { store, clock } = this.options;
    const now = clock.now();
    const source = store.source.health;
    const isOk = state === 'ok';
    this.enter(state, { message, hint }, () => ({
      trouble: isOk ? undefined : { reason: 'source_corrupt', message, hint },
      doubtfulSince: isOk ? undefined : (source.doubtfulSince ?? now),
      noticed: undefined,
      observedAt: now,
      locks: locks?.count,
      oldestLockAt: locks?.oldestAt,
    }));
  }

  /**
   * Records that there is no valid view.
   *
   * @param noticed what the next check must confirm
   */
  failed({ fault, reason, message, hint }: SourceProblem, noticed?: Noticed['fault']): void {
    const { store, clock } = this.options;
    const source = store.source.health;
    if (noticed !== undefined && source.noticed?.fault !== noticed) {
      store.updateSource('health', { noticed: { fault: noticed } });
      store.markForSaving();
    }
    this.enter(fault, { message, hint }, () => ({
      trouble: { reason, message, hint },
      doubtfulSince: source.doubtfulSince ?? (isDoubtful(fault) ? clock.now() : undefined),
      scanFailures: source.scanFailures + 1,
    }));
  }

  /**
   * Accepts what was found on behalf of a person; returns what that was, or undefined when there is nothing to accept. A source
   * without snapshots can be intended; another repository cannot be accepted here.
   *
   * @param acceptLoss returns how bad the loss was
   */
  acknowledge(
    acknowledgement: Pick<Acknowledgement, 'by' | 'reason'>,
    acceptLoss: () => 'suspect' | 'damaged' | undefined,
  ): Acknowledgement | undefined {
    const { state, trouble, noticed, doubtfulSince } = this.options.store.source.health;
    const message = trouble?.message ?? '';
    if (noticed?.fault === 'emptied') {
      const isAccepted = { noticed: { fault: 'emptied', isAccepted: true } } as const;
      return this.accept(acknowledgement, { state: 'emptied', message }, isAccepted);
    }
    if (noticed !== undefined || doubtfulSince === undefined) return undefined;
    const loss = acceptLoss();
    const accepted = isDoubtful(state) ? state : loss;
    return (
      loss &&
      accepted &&
      this.accept(acknowledgement, { state: accepted, message }, { doubtfulSince: undefined })
    );
  }

  /** Records what a person accepted. */
  accept(
    acknowledgement: Pick<Acknowledgement, 'by' | 'reason'>,
    what: Pick<Acknowledgement, 'state' | 'message'>,
    patch: Partial<SourceHealth> = {},
  ): Acknowledgement {
    const { store, clock } = this.options;
    const acknowledged = { acknowledgedAt: clock.now(), ...acknowledgement, ...what };
    store.updateSource('health', { ...patch, acknowledged });
    store.markForSaving();
    return acknowledged;
  }

  private enter(
    state: SourceStateName,
    said: { readonly message: string; readonly hint: string | undefined },
    patch: () => Partial<SourceHealth>,
  ): void {
    const { store, clock, onChange } = this.options;
    const source = store.source.health;
    const now = clock.now();
    const isNew = source.state !== state;
    const isFirst = !this.hasChecked;
    this.hasChecked = true;
    if (isNew || isFirst) this.logChange(source.state, state, said);
    const changed = patch();
    store.updateSource('health', {
      ...changed,
      state,
      uncountedSince: countsAsSource({ ...source, ...changed, state })
        ? undefined
        : (source.uncountedSince ?? now),
      stateSince: isNew ? now : source.stateSince,
      lastScanAt: now,
      scans: source.scans + 1,
    });
    if (!isNew && !isFirst) return;
    store.markForSaving();
    const isWell = state === 'ok' && source.doubtfulSince === undefined; // a new view has already called it
    if (!isWell) onChange();
  }

  private logChange(
    before: SourceStateName,
    state: SourceStateName,
    { message, hint }: { readonly message: string; readonly hint: string | undefined },
  ): void {
    const { log } = this.options;
    if (state === 'suspect') log.warn({ state, hint }, message);
    else if (state !== 'ok') log.error({ state, hint }, message);
    else if (before !== 'ok' && before !== 'unknown') log.info({}, 'the source is back');
  }
}

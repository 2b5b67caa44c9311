import type { Attempts as AttemptsChapter, BackendStateName } from '../../facts/attempts.ts';
import type { BackendFacts } from '../../facts/facts.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { MEANING, type SyncdError } from '../../runtime/errors.ts';
import { plural } from '../../runtime/plural.ts';
import { formatBytes, formatDuration } from '../../runtime/units.ts';
import { Attempts } from '../attempts.ts';
import type { Cause, Work } from '../sender.ts';
import type { Workplace } from '../workplace.ts';

type OutcomesOptions = Pick<Workplace, 'config' | 'store' | 'clock' | 'log' | 'evaluation'>;

/** Always the same object, so that it is visible that nothing changed. */
const NOTHING: readonly string[] = [];

const UNVERIFIED =
  'without verify, nothing checks what the script did: its result is unverified and does not count as a copy';

/** Turns the result of a sync into the state of the backend, its attempts and its log lines. */
export class Outcomes {
  private readonly options: OutcomesOptions;
  private readonly name: string;
  private readonly attempts: Attempts;
  private saidUnverified = false;
  /** a successful pass, not an inspection, shows that it is up */
  private readonly isRunContact: boolean;
  /** its result cannot be checked, so nothing is ever complete */
  private readonly isUnverified: boolean;

  constructor(options: OutcomesOptions) {
    const { config } = options;
    this.options = options;
    this.name = config.name;
    this.attempts = new Attempts('sync', options);
    this.isRunContact = config.traits.isRunContact;
    this.isUnverified = !config.traits.countsAsCopy;
  }

  /** Returns whether this is a first copy. */
  started({ objects, bytes, summary }: Work, hasNoBaseline: boolean): boolean {
    const { log } = this.options;
    const isInitialCopy = hasNoBaseline && !this.isUnverified;
    this.attempts.begin();
    this.enter(isInitialCopy ? 'initial_copy' : 'syncing');
    log.info({ objects, bytes }, `${isInitialCopy ? 'first copy' : 'syncing'}: ${summary}`);
    return isInitialCopy;
  }

  complete(report: SyncReport): SyncReport {
    if (this.isUnverified) return this.unverified(report);
    const { sent, startedAt, endedAt } = report;
    const took = formatDuration(endedAt - startedAt);
    this.options.log.info(
      { ...sent, duration_ms: endedAt - startedAt },
      `complete: sent ${plural(sent.objects, 'object')}, ${formatBytes(sent.bytes)}, in ${took}`,
    );
    this.succeed(report, true);
    return { ...report, outcome: 'complete' };
  }

  private unverified(report: SyncReport): SyncReport {
    const { log } = this.options;
    const took = formatDuration(report.endedAt - report.startedAt);
    log.info(
      { duration_ms: report.endedAt - report.startedAt },
      `the script exited with 0 in ${took}`,
    );
    if (!this.saidUnverified) log.warn({}, UNVERIFIED);
    this.saidUnverified = true;
    this.succeed(report, true);
    return { ...report, outcome: 'unverified' };
  }

  /** Everything was already there; counts as a sync only on request. */
  nothing(report: SyncReport, cause: Cause): SyncReport {
    if (this.isUnverified && this.known.attempts.lastSuccess === undefined)
      return this.nothingYet(report);
    this.succeed(report, cause === 'request' || this.known.attempts.lastSuccess === undefined);
    return { ...report, outcome: 'nothing' };
  }

  /** A script without `verify` that has never run. */
  private nothingYet(report: SyncReport): SyncReport {
    this.rest();
    return { ...report, outcome: 'nothing' };
  }

  /** The inspection succeeded, but the source has no valid view. */
  nothingToSee(report: SyncReport): SyncReport {
    const { trouble } = this.known.attempts;
    // a script's place is not inspected then
    const isDisproved =
      trouble !== undefined && MEANING[trouble.reason].isDown === true && !this.isRunContact;
    if (isDisproved) this.attempts.clear();
    this.rest();
    return { ...report, outcome: 'nothing' };
  }

  /** There is work, but the next attempt is not due. */
  postponed(report: SyncReport): SyncReport {
    return { ...report, outcome: 'nothing' };
  }

  cancelled(report: SyncReport): SyncReport {
    this.rest();
    return { ...report, outcome: 'cancelled' };
  }

  failed(error: SyncdError, report: SyncReport, cause: Cause): SyncReport {
    const { evaluation } = this.options;
    const { reason } = error;
    const { failures } = this.known.attempts;
    evaluation.failed(error, report);
    const isAttempt = cause === 'request' || report.sent.objects > 0;
    const failed = this.attempts.failed(error, report, isAttempt);
    if (this.known.attempts.failures > failures) this.count();
    this.enter(MEANING[reason].isBlocking ? 'blocked' : 'retrying');
    return failed;
  }

  private get known(): BackendFacts {
    return this.options.store.backend(this.name);
  }

  private succeed(report: SyncReport, counts: boolean): void {
    this.attempts.succeeded(report, counts);
    if (counts) this.count();
    this.enter(this.isUnverified ? 'unverified' : 'idle', { corrupt: NOTHING });
    this.options.evaluation.succeeded();
  }

  /** Source objects do not match their names, so objects that may need them were not sent. */
  corrupt(corrupt: readonly string[]): void {
    this.options.store.updateBackend(this.name, 'attempts', { corrupt });
  }

  /** Restores the state of a backend without a transfer. */
  private rest(): void {
    const { trouble, lastSuccess } = this.known.attempts;
    if (trouble !== undefined)
      this.enter(MEANING[trouble.reason].isBlocking ? 'blocked' : 'retrying');
    else if (this.isUnverified) this.enter(lastSuccess === undefined ? 'unknown' : 'unverified');
    else this.enter(this.known.contents.baselineAt === undefined ? 'unknown' : 'idle');
  }

  private count(): void {
    const { counters } = this.known.attempts;
    const counted = { ...counters, syncs: counters.syncs + 1 };
    this.options.store.updateBackend(this.name, 'attempts', { counters: counted });
  }

  private enter(state: BackendStateName, patch: Partial<AttemptsChapter> = {}): void {
    const { store, clock } = this.options;
    const isNew = this.known.attempts.state !== state;
    const stateSince = isNew ? { stateSince: clock.now() } : {};
    store.updateBackend(this.name, 'attempts', { ...patch, state, ...stateSince });
    if (isNew) store.markForSaving(); // after a crash, the saved state is shown
  }
}

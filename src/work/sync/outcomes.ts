import type { Cause, Work } from '../sender.ts';
import { NotMountedError } from '../../backends/marker.ts';
import type { Log } from '../../log/log.ts';
import { expectedBackAt } from '../../facts/expected-back.ts';
import type { Attempts, BackendStateName, SyncCounters } from '../../facts/attempts.ts';
import type { BackendFacts } from '../../facts/facts.ts';
import type { Trouble } from '../../facts/fields.ts';
import type { SyncReport } from '../../facts/sync-report.ts';
import { isWithin, type Clock } from '../../runtime/clock.ts';
import { MEANING, type Reason, type SyncdError } from '../../runtime/errors.ts';
import { formatBytes, formatDay, formatDuration } from '../../runtime/units.ts';
import { backoffMs, isWaiting } from '../backoff.ts';
import type { BackendSettings } from '../settings.ts';
import type { FactStore } from '../../facts/fact-store.ts';
import { recovered } from '../recovered.ts';
import { plural } from '../../runtime/plural.ts';

interface OutcomesOptions {
  readonly name: string;
  readonly config: BackendSettings;
  readonly store: FactStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** A warning about a failure that lasts is repeated this often, in milliseconds. */
const REPEAT_MS = 3_600_000;
/** What needs a person is tried again after this time at the latest, in milliseconds. */
const BLOCKED_MS = 30 * 60_000;
/** The same each time, so that it is seen that nothing changed. */
const NOTHING: readonly string[] = [];

const UNVERIFIED =
  'without verify, nothing checks what the script did: its result is unverified and does not count as a copy';

/** Turns how a pass ended into the state of the backend, its counters and its log lines. */
export class Outcomes {
  private readonly options: OutcomesOptions;
  private saidAt = -Infinity;
  private saidReason: Reason | undefined;
  private saidUnverified = false;
  /** that it is away, as it may be */
  private saidOffline = false;
  /** a pass that succeeds, not a look, shows that it is up */
  private readonly isRunContact: boolean;
  /** nobody can look at what it does: nothing of it is ever complete */
  private readonly isUnverified: boolean;

  constructor(options: OutcomesOptions) {
    const { config } = options;
    this.options = options;
    this.isRunContact = config.traits.isRunContact;
    this.isUnverified = !config.traits.countsAsCopy;
  }

  /** Answers whether this is a first copy. */
  started({ objects, bytes, summary }: Work, hasNoBaseline: boolean): boolean {
    const { clock, log } = this.options;
    const isInitialCopy = hasNoBaseline && !this.isUnverified;
    this.enter(isInitialCopy ? 'initial_copy' : 'syncing', { lastAttemptAt: clock.now() });
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

  /** Everything was there already: a sync only if somebody asked for one. */
  nothing(report: SyncReport, cause: Cause): SyncReport {
    if (this.isUnverified && this.known.attempts.lastSuccess === undefined)
      return this.nothingYet(report);
    this.succeed(report, cause === 'request' || this.known.attempts.lastSuccess === undefined);
    return { ...report, outcome: 'nothing' };
  }

  /** A script that nobody can look at was never run yet. */
  private nothingYet(report: SyncReport): SyncReport {
    this.rest();
    return { ...report, outcome: 'nothing' };
  }

  /** The look went well, but the source has no valid view. */
  nothingToSee(report: SyncReport): SyncReport {
    const { trouble } = this.known.attempts;
    // where a script writes is not looked at then
    const isDisproved =
      trouble !== undefined && isDown(trouble.reason, false) && !this.isRunContact;
    if (isDisproved)
      this.enter('unknown', { trouble: undefined, failures: 0, nextAttemptAt: undefined });
    this.pending(undefined, undefined);
    this.rest();
    return { ...report, outcome: 'nothing' };
  }

  /** There is something to do, and it is not yet time to try again. */
  postponed(report: SyncReport): SyncReport {
    return { ...report, outcome: 'nothing' };
  }

  cancelled(report: SyncReport): SyncReport {
    this.rest();
    return { ...report, outcome: 'cancelled' };
  }

  failed(error: SyncdError, report: SyncReport, cause: Cause): SyncReport {
    const { name, clock, store, config } = this.options;
    const now = clock.now();
    const { lastContact } = this.known.place;
    const isMissed = !isSince(report.startedAt, lastContact);
    const isByProgram = this.isRunContact || (config.around !== undefined && isMissed);
    this.enter(MEANING[error.reason].isBlocking ? 'blocked' : 'retrying', {
      trouble: troubleOf(error),
      ...this.accountFor(error, cause === 'request' || report.sent.objects > 0),
    });
    store.updateBackend(name, 'place', {
      ...(isDown(error.reason, isByProgram) && { up: false }),
      isMissed,
      lastContact: notAfter(now, lastContact), // or a clock that was wrong would make it count for long
      ...(error.reason === 'diverged' && { up: true, lastContact: now }), // it was reached
    });
    this.say(error, now);
    store.markForSaving();
    const { reason, message, hint } = error;
    return { ...report, outcome: 'failed', reason, message, ...(hint !== undefined && { hint }) };
  }

  /** A look that finds the same obstacle before the next attempt is due is no further failure. */
  private accountFor({ reason }: SyncdError, isAttempt: boolean): Partial<Attempts> {
    const { clock } = this.options;
    const known = this.known.attempts;
    const now = clock.now();
    const isSame = known.trouble?.reason === reason && isWaiting(known.nextAttemptAt, now);
    if (isSame && !isAttempt) return {};
    const failures = known.failures + 1;
    const wait = MEANING[reason].isBlocking ? BLOCKED_MS : backoffMs(failures, clock);
    return { failures, nextAttemptAt: now + wait, counters: this.countFailure(reason) };
  }

  private get known(): BackendFacts {
    return this.options.store.backend(this.options.name);
  }

  private succeed(report: SyncReport, counts: boolean): void {
    const { name, store, log } = this.options;
    const { failures, counters, trouble } = this.known.attempts;
    if (failures > 0 || trouble !== undefined) log.info({ failures }, recovered(failures));
    [this.saidReason, this.saidOffline] = [undefined, false];
    this.enter(this.isUnverified ? 'unverified' : 'idle', {
      trouble: undefined,
      failures: 0,
      nextAttemptAt: undefined,
      corrupt: NOTHING,
      ...(counts && {
        lastSuccess: report.endedAt,
        lastDurationMs: report.endedAt - report.startedAt,
        counters: { ...counters, syncs: counters.syncs + 1 },
      }),
    });
    if (this.isRunContact) store.updateBackend(name, 'place', { up: true }); // of others, a look has told
    this.pending(0, this.isUnverified ? undefined : 0);
    if (counts) store.markForSaving();
  }

  /** Back to where it stood when nothing is being moved. */
  private rest(): void {
    const { trouble, lastSuccess } = this.known.attempts;
    if (trouble !== undefined)
      this.enter(MEANING[trouble.reason].isBlocking ? 'blocked' : 'retrying', {});
    else if (this.isUnverified)
      this.enter(lastSuccess === undefined ? 'unknown' : 'unverified', {});
    else this.enter(this.known.contents.baselineAt === undefined ? 'unknown' : 'idle', {});
  }

  private countFailure(reason: Reason): SyncCounters {
    const { counters } = this.known.attempts;
    const failures = { ...counters.failures, [reason]: (counters.failures[reason] ?? 0) + 1 };
    return { ...counters, syncs: counters.syncs + 1, failures };
  }

  private pending(pendingObjects: number | undefined, pendingBytes: number | undefined): void {
    const { store, name } = this.options;
    store.updateBackend(name, 'progress', { pendingObjects, pendingBytes });
  }

  private enter(state: BackendStateName, patch: Partial<Attempts>): void {
    const { store, name, clock } = this.options;
    const isNew = this.known.attempts.state !== state;
    const stateSince = isNew ? { stateSince: clock.now() } : {};
    store.updateBackend(name, 'attempts', { ...patch, state, ...stateSince });
    if (isNew) store.markForSaving(); // after a crash, what is remembered is shown
  }

  /** What needs a person is said once, what is retried at first and then hourly. */
  private say(error: SyncdError, now: number): void {
    const { log, config } = this.options;
    const backAt = expectedBackAt(this.known, config.offlineMs, now);
    if (backAt !== undefined) {
      if (!this.saidOffline)
        log.info({ reason: error.reason }, `offline, expected by ${formatDay(backAt)}`);
      [this.saidOffline, this.saidReason] = [true, undefined];
      return;
    }
    const isNew = this.saidReason !== error.reason;
    if (!isNew && (MEANING[error.reason].isBlocking || isWithin(REPEAT_MS, this.saidAt, now)))
      return;
    [this.saidReason, this.saidAt] = [error.reason, now];
    const fields = { reason: error.reason, hint: error.hint };
    if (MEANING[error.reason].isBlocking) log.error(fields, error.message);
    else log.warn(fields, error.message);
  }
}

/** Whether a failure shows that the backend was not reached, or that its program does not do its work. */
function isDown(reason: Reason, isByProgram: boolean): boolean {
  const { isDown: down } = MEANING[reason];
  return down === 'program' ? isByProgram : down;
}

function notAfter(now: number, at: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.min(at, now);
}

function troubleOf(error: SyncdError): Trouble {
  const { reason, message, hint } = error;
  const trouble = { reason, message, hint };
  return error instanceof NotMountedError ? { ...trouble, isNotMounted: true } : trouble;
}

function isSince(startedAt: number, at: number | undefined): boolean {
  return at !== undefined && at >= startedAt;
}

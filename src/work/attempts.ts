import { NotMountedError } from '../backends/marker.ts';
import type { Log } from '../log/log.ts';
import type { AttemptFacts } from '../facts/attempts.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Trouble } from '../facts/fields.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import { isAbort } from '../runtime/abort.ts';
import { isWithin, type Clock } from '../runtime/clock.ts';
import { asSyncdError, MEANING, type Reason, type SyncdError } from '../runtime/errors.ts';
import { formatDay, HOUR_MS } from '../runtime/units.ts';
import type { Run } from './run.ts';
import { attemptsRecord, type AttemptsPlace, type AttemptsRecord } from './attempts-record.ts';
import { backoffMs, isWaiting } from './backoff.ts';
import { recovered } from './recovered.ts';

type AttemptsOptions = AttemptsPlace & {
  readonly store: FactStore;
  readonly clock: Clock;
  readonly log: Log;
};

/** How often the warning about a lasting failure is repeated, in milliseconds. */
const REPEAT_MS = HOUR_MS;
/** The longest wait before a blocked backend is retried, in milliseconds. */
const BLOCKED_MS = 30 * 60_000;

/**
 * The attempts of one activity at one place: how they ended, when the next one may begin, and what was logged about them.
 * Each activity has its own, so that none hides or resets the failure of another.
 */
export class Attempts {
  private readonly options: AttemptsOptions;
  private readonly record: AttemptsRecord;
  private readonly log: Log;
  private saidAt = -Infinity;
  private loggedReason: Reason | undefined;
  /** it was logged that the place is away, as `offline` allows */
  private isOfflineLogged = false;
  /** the last run failed as if the place were away, and the sync has not found it away */
  private isMissed = false;

  constructor(activity: string, options: AttemptsOptions) {
    this.options = options;
    this.record = attemptsRecord(activity, options);
    this.log = activity === 'sync' ? options.log : options.log.child({ activity });
  }

  get known(): AttemptFacts {
    return this.record.known;
  }

  /**
   * Whether an activity that is due may begin: the place was reached, by its sync or by the source loop, and the backoff is over.
   */
  mayBegin(): boolean {
    const { isThere } = this.record;
    if (!isThere) this.isMissed = false;
    return isThere && !isWaiting(this.known.nextAttemptAt, this.options.clock.now());
  }

  begin(): void {
    this.write({ lastAttemptAt: this.options.clock.now() });
  }

  /**
   * Runs an activity and records how it ended. A failure that looks as if the place were away is not recorded before the sync,
   * or the source loop, has inspected the place, which it does next: that a place is away is logged once, not by each activity.
   */
  async during(pass: Pick<Run, 'end' | 'cause'>, action: () => Promise<void>): Promise<SyncReport> {
    this.begin();
    try {
      await action();
      this.isMissed = false;
      return this.succeeded(pass.end());
    } catch (error) {
      if (isAbort(error)) return { ...pass.end(), outcome: 'cancelled' };
      const failure = asSyncdError(error);
      const looksAway = MEANING[failure.reason].isDown === true;
      const isJudged = this.isMissed || !looksAway || pass.cause === 'request';
      this.isMissed = looksAway;
      if (isJudged && this.known.trouble === undefined)
        this.write({ failingSince: this.options.clock.now() });
      return isJudged ? this.failed(failure, pass.end()) : pass.end();
    }
  }

  /** @param counts whether anything was done */
  succeeded(report: SyncReport, counts = true): SyncReport {
    const { startedAt, endedAt } = report;
    this.recover();
    if (!counts) return report;
    this.write({ lastSuccess: endedAt, lastDurationMs: endedAt - startedAt });
    this.options.store.markForSaving();
    return report;
  }

  /** Records that another activity has done all of it. */
  proven(): void {
    this.recover();
    this.write({ lastSuccess: this.options.clock.now() });
  }

  /** Records that something that had failed works again. */
  recover(): void {
    const { failures, trouble } = this.known;
    if (failures > 0 || trouble !== undefined) this.log.info({ failures }, recovered(failures));
    [this.loggedReason, this.isOfflineLogged] = [undefined, false];
    this.clear();
  }

  /** Forgets the failure, and logs nothing. */
  clear(): void {
    const { trouble, failures, nextAttemptAt } = this.known;
    if (trouble === undefined && failures === 0 && nextAttemptAt === undefined) return; // changes no facts
    this.write({ trouble: undefined, failures: 0, nextAttemptAt: undefined });
  }

  /** @param isAttempt false: an inspection found it; the same obstacle is then no further failure before the next attempt is due */
  failed(error: SyncdError, report: SyncReport, isAttempt = true): SyncReport {
    const { clock, store } = this.options;
    const { reason, message, hint } = error;
    const now = clock.now();
    const { known } = this;
    const isSame = known.trouble?.reason === reason && isWaiting(known.nextAttemptAt, now);
    this.write({
      trouble: troubleOf(error),
      ...((isAttempt || !isSame) && this.countFailure(reason, now)),
    });
    this.say(error, now);
    store.markForSaving();
    return { ...report, outcome: 'failed', reason, message, ...(hint !== undefined && { hint }) };
  }

  private countFailure(reason: Reason, now: number): Partial<AttemptFacts> {
    const { counters, failures: before } = this.known;
    const failures = before + 1;
    const wait = MEANING[reason].isBlocking ? BLOCKED_MS : backoffMs(failures, this.options.clock);
    const byReason = { ...counters.failures, [reason]: (counters.failures[reason] ?? 0) + 1 };
    return {
      failures,
      nextAttemptAt: now + wait,
      counters: { failures: byReason },
    };
  }

  private write(patch: Partial<AttemptFacts>): void {
    this.record.write(patch);
  }

  /** Logs what needs a person once, and what is retried at first and then hourly. */
  private say(error: SyncdError, now: number): void {
    const { log } = this;
    const { isBlocking } = MEANING[error.reason];
    const backAt = this.record.expectedBackAt(now);
    if (backAt !== undefined) {
      if (!this.isOfflineLogged)
        log.info({ reason: error.reason }, `offline, expected by ${formatDay(backAt)}`);
      [this.isOfflineLogged, this.loggedReason] = [true, undefined];
      return;
    }
    const isNew = this.loggedReason !== error.reason;
    if (!isNew && (isBlocking || isWithin(REPEAT_MS, this.saidAt, now))) return;
    [this.loggedReason, this.saidAt] = [error.reason, now];
    const fields = { reason: error.reason, hint: error.hint };
    if (isBlocking) log.error(fields, error.message);
    else log.warn(fields, error.message);
  }
}

function troubleOf(error: SyncdError): Trouble {
  const { reason, message, hint } = error;
  const trouble = { reason, message, hint };
  return error instanceof NotMountedError ? { ...trouble, isNotMounted: true } : trouble;
}

import { NotMountedError } from '../backends/marker.ts';
import type { Log } from '../log/log.ts';
import { attemptsOf, changedAttempts, type AttemptFacts } from '../facts/attempts.ts';
import { expectedBackAt } from '../facts/expected-back.ts';
import type { FactStore } from '../facts/fact-store.ts';
import type { Trouble } from '../facts/fields.ts';
import type { SyncReport } from '../facts/sync-report.ts';
import { isAbort } from '../runtime/abort.ts';
import { isWithin, type Clock } from '../runtime/clock.ts';
import { asSyncdError, MEANING, type Reason, type SyncdError } from '../runtime/errors.ts';
import { formatDay } from '../runtime/units.ts';
import { backoffMs, isWaiting } from './backoff.ts';
import type { BackendPass } from './pass.ts';
import { recovered } from './recovered.ts';
import type { BackendSettings } from './settings.ts';

interface AttemptsOptions {
  readonly config: Pick<BackendSettings, 'name' | 'offlineMs'>;
  readonly store: FactStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the warning about a lasting failure is repeated, in milliseconds. */
const REPEAT_MS = 3_600_000;
/** The longest wait before a blocked backend is retried, in milliseconds. */
const BLOCKED_MS = 30 * 60_000;

/**
 * The attempts of one activity at one backend: how they ended, when the next one may begin, and what was logged about them.
 * Each activity has its own, so that none hides or resets the failure of another.
 */
export class Attempts {
  private readonly activity: string;
  private readonly options: AttemptsOptions;
  private readonly name: string;
  private readonly log: Log;
  private saidAt = -Infinity;
  private saidReason: Reason | undefined;
  /** it was logged that the place is away, as `offline` allows */
  private saidOffline = false;
  /** the last run failed as if the place were away, and the sync has not found it away */
  private isMissed = false;

  constructor(activity: string, options: AttemptsOptions) {
    this.activity = activity;
    this.options = options;
    this.name = options.config.name;
    this.log = activity === 'sync' ? options.log : options.log.child({ activity });
  }

  get known(): AttemptFacts {
    return attemptsOf(this.options.store.backend(this.name).attempts, this.activity);
  }

  /** Whether an activity that is due may begin: the sync has reached the place, and the backoff is over. */
  mayBegin(): boolean {
    const { store, clock } = this.options;
    const isThere = store.backend(this.name).place.up === true;
    if (!isThere) this.isMissed = false;
    return isThere && !isWaiting(this.known.nextAttemptAt, clock.now());
  }

  begin(): void {
    this.write({ lastAttemptAt: this.options.clock.now() });
  }

  /**
   * Runs an activity and records how it ended. A failure that looks as if the place were away is not recorded before the sync
   * has inspected the place, which it does next: that a place is away is logged once, not by each activity.
   */
  async during(pass: BackendPass, action: () => Promise<void>): Promise<SyncReport> {
    this.begin();
    try {
      await action();
      this.isMissed = false;
      return this.succeeded(pass.end());
    } catch (error) {
      if (isAbort(error)) return { ...pass.end(), outcome: 'cancelled' };
      const failure = asSyncdError(error);
      const looksAway = MEANING[failure.reason].isDown === true;
      const isJudged = this.isMissed || !looksAway;
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

  /** Records that something that had failed works again. */
  recover(): void {
    const { failures, trouble } = this.known;
    if (failures > 0 || trouble !== undefined) this.log.info({ failures }, recovered(failures));
    [this.saidReason, this.saidOffline] = [undefined, false];
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
      ...{ failures, nextAttemptAt: now + wait },
      counters: { failures: byReason },
    };
  }

  private write(patch: Partial<AttemptFacts>): void {
    const { store } = this.options;
    const { attempts } = store.backend(this.name);
    store.updateBackend(this.name, 'attempts', changedAttempts(attempts, this.activity, patch));
  }

  /** Logs what needs a person once, and what is retried at first and then hourly. */
  private say(error: SyncdError, now: number): void {
    const { log } = this;
    const { config, store } = this.options;
    const { isBlocking } = MEANING[error.reason];
    const backAt = expectedBackAt(store.backend(this.name), config.offlineMs, now);
    if (backAt !== undefined) {
      if (!this.saidOffline)
        log.info({ reason: error.reason }, `offline, expected by ${formatDay(backAt)}`);
      [this.saidOffline, this.saidReason] = [true, undefined];
      return;
    }
    const isNew = this.saidReason !== error.reason;
    if (!isNew && (isBlocking || isWithin(REPEAT_MS, this.saidAt, now))) return;
    [this.saidReason, this.saidAt] = [error.reason, now];
    const fields = { reason: error.reason, hint: error.hint };
    if (isBlocking) log.error(fields, error.message);
    else log.warn(fields, error.message);
  }
}

/**
 * Records since when each activity is configured at a backend, and forgets those that no longer run there: otherwise their last
 * failure would be shown forever.
 */
export function rememberActivities(
  { store, clock }: Pick<AttemptsOptions, 'store' | 'clock'>,
  backend: string,
  activities: readonly { readonly name: string }[],
): void {
  const { attempts } = store.backend(backend);
  const others = activities.filter(({ name }) => name !== 'sync');
  if (others.length === 0 && attempts.others === undefined) return;
  const kept = others.map(({ name }) => {
    const known = attemptsOf(attempts, name);
    return [name, { ...known, configuredAt: known.configuredAt ?? clock.now() }] as const;
  });
  store.updateBackend(backend, 'attempts', { others: Object.fromEntries(kept) });
}

function troubleOf(error: SyncdError): Trouble {
  const { reason, message, hint } = error;
  const trouble = { reason, message, hint };
  return error instanceof NotMountedError ? { ...trouble, isNotMounted: true } : trouble;
}

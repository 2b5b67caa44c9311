import type { HeartbeatConfig } from '../config/types.ts';
import type { OwnFiles } from '../files/own-files.ts';
import type { Log } from '../log/log.ts';
import type { HeartbeatState } from '../report/types.ts';
import { describeWorst, type Overall } from '../report/overall.ts';
import { fired, isAborted, withDeadline } from '../runtime/abort.ts';
import { isWithin, type Clock } from '../runtime/clock.ts';
import { formatDuration, HOUR_MS } from '../runtime/units.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { ping } from './ping.ts';
import { recovered } from '../work/recovered.ts';

export interface HeartbeatOptions {
  /** as configured now; undefined when there is none */
  readonly config: () => HeartbeatConfig | undefined;
  /** the overall state; the URL is fetched while all is well */
  readonly overall: () => Overall;
  readonly clock: Clock;
  readonly log: Log;
  /** access to a file, by its path */
  readonly filesOf: (path: string) => OwnFiles;
  /** for tests; rejects with a message that may be logged */
  readonly ping?: (urlFile: string, signal: AbortSignal) => Promise<void>;
}

/** How often to check whether all is well again, in milliseconds. */
const CHECK_MS = 10_000;
const DEADLINE_MS = 10_000;
/** How often a lasting warning is repeated, in milliseconds. */
const REPEAT_MS = HOUR_MS;

/** Fetches a URL while all is well. Its failures affect nothing else. */
export class Heartbeat {
  private readonly options: HeartbeatOptions;
  private readonly wakeup = new Wakeup();
  private failures = 0;
  private lastSuccessAt: number | undefined;
  private lastAttemptAt = -Infinity;
  private isWithheld = false;
  private failing: { count: number; loggedAt: number } | undefined;
  /** one at a time, so that an unreadable file blocks at most one thread */
  private attempt: Promise<void> | undefined;

  constructor(options: HeartbeatOptions) {
    this.options = options;
  }

  /** The state of the heartbeat; undefined when none is configured. */
  state(): HeartbeatState | undefined {
    if (this.options.config() === undefined) return undefined;
    const { failures, lastSuccessAt } = this;
    return { failures, ...(lastSuccessAt !== undefined && { lastSuccessAt }) };
  }

  /** A DNS lookup or a pending response would also delay the end of the process. */
  get isWaiting(): boolean {
    return this.attempt !== undefined;
  }

  /** The configuration may have changed. */
  nudge(): void {
    this.wakeup.nudge();
  }

  /** Runs until the signal fires; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!isAborted(signal)) {
      await this.beat(signal);
      const { everyMs = CHECK_MS } = this.options.config() ?? {};
      await this.wakeup.waitUpTo(Math.min(everyMs, CHECK_MS), signal);
    }
  }

  private async beat(signal: AbortSignal): Promise<void> {
    const config = this.options.config();
    const now = this.options.clock.now();
    const isDue = config !== undefined && !isWithin(config.everyMs, this.lastAttemptAt, now);
    if (config === undefined || !isDue || this.attempt !== undefined) return;
    const overall = this.options.overall();
    if (overall.severity !== 'ok') {
      this.withhold(overall);
      return;
    }
    this.resume();
    this.lastAttemptAt = now;
    const deadline = withDeadline(signal, DEADLINE_MS);
    this.attempt = this.ping(config.urlFile, deadline)
      .then(
        () => this.succeed(),
        (error: unknown) => {
          if (!isAborted(signal)) this.fail(error as Error);
        },
      )
      .finally(() => {
        this.attempt = undefined;
      });
    await Promise.race([this.attempt, fired(deadline)]);
  }

  private async ping(urlFile: string, deadline: AbortSignal): Promise<void> {
    const { ping: given, filesOf } = this.options;
    if (given !== undefined) return given(urlFile, deadline);
    return ping(urlFile, filesOf(urlFile), deadline);
  }

  /** An unknown state is not worth a log line. */
  private withhold(overall: Overall): void {
    if (this.isWithheld || overall.severity === 'unknown') return;
    this.isWithheld = true;
    const worst = describeWorst(overall) ?? overall.severity;
    this.options.log.warn({}, `heartbeat withheld because not all is well: ${worst}`);
  }

  private resume(): void {
    if (this.isWithheld)
      this.options.log.info({}, 'heartbeat resumed: all is well again (recovered)');
    this.isWithheld = false;
  }

  private succeed(): void {
    if (this.failing !== undefined) {
      this.options.log.info({}, `heartbeat: ${recovered(this.failing.count)}`);
    }
    this.failing = undefined;
    this.lastSuccessAt = this.options.clock.now();
  }

  private fail({ message }: Error): void {
    this.failures += 1;
    const now = this.options.clock.now();
    const { count, loggedAt } = this.failing ?? { count: 0, loggedAt: -Infinity };
    const isLogged = !isWithin(REPEAT_MS, loggedAt, now);
    this.failing = { count: count + 1, loggedAt: isLogged ? now : loggedAt };
    if (!isLogged) return;
    const again = count === 0 ? '' : ` (${count + 1} times)`;
    const { everyMs = 0 } = this.options.config() ?? {};
    const next = `next try in ${formatDuration(everyMs)}`;
    this.options.log.warn({}, `heartbeat failed${again}: ${message}; ${next}`);
  }
}

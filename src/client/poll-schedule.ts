import { jitter, type Clock } from '../runtime/clock.ts';

/** A poll counts as reached within this fraction of the interval, because timers are not exact. */
const NEAR = 0.1;

/**
 * When the loops of one client poll next: all at the same moment, because waking up is most of the cost of an idle poll. No loop
 * waits for another: one that takes longer joins the others again at the next poll.
 */
export class PollSchedule {
  readonly everyMs: number;
  private readonly clock: Clock;
  private nextAt = -Infinity;

  constructor(everyMs: number, clock: Clock) {
    this.everyMs = everyMs;
    this.clock = clock;
  }

  /** The time until the next poll, in milliseconds. */
  wait(): number {
    const now = this.clock.now();
    const left = this.nextAt - now;
    const isAhead = left > NEAR * this.everyMs && left < 1.2 * this.everyMs; // the clock may go back
    if (!isAhead) this.nextAt = now + jitter(this.everyMs, this.clock);
    return this.nextAt - now;
  }
}

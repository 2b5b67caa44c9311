import { LONGEST_TIMER_MS } from './units.ts';

/**
 * The only way in which a loop waits: until the time is up, a nudge, or its signal. Whichever comes first releases timer and
 * listener; a nudge is kept if nothing waits.
 */
export class Wakeup {
  private isNudged = false;
  private isDemanded = false;
  private wake: (() => void) | undefined;

  nudge(): void {
    this.isNudged = true;
    this.wake?.();
  }

  /** Nudges the loop to do everything now, even if nothing seems to be due. */
  demand(): void {
    this.isDemanded = true;
    this.nudge();
  }

  /** Whether `demand` was called since the last time. */
  takeDemand(): boolean {
    const was = this.isDemanded;
    this.isDemanded = false;
    return was;
  }

  /** Never rejects. @param milliseconds how long at most */
  async waitUpTo(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.isNudged && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          this.wake = undefined;
          resolve();
        };
        const timer = setTimeout(done, Math.min(milliseconds, LONGEST_TIMER_MS));
        signal.addEventListener('abort', done, { once: true });
        this.wake = done;
      });
    }
    this.isNudged = false;
  }
}

import { isWithin } from '../../runtime/clock.ts';

export interface ListingDueQuestion {
  /** how old a full listing may be, in milliseconds */
  readonly everyMs: number;
  /** when the last one was made, by the clock of the machine; undefined when none is known */
  readonly lastListing: number | undefined;
  /** the same clock, now */
  readonly now: number;
  /** for how long this process has not made one, in milliseconds, by a clock that is never set; 0 when it made none */
  readonly elapsedMs: number;
}

/**
 * Whether everything is to be listed anew. Both clocks have a say: one that is set back would put a listing off, one that
 * is never set knows nothing of an earlier process, and stands still while the machine sleeps. Pure.
 */
export function isListingDue(question: ListingDueQuestion): boolean {
  const { everyMs, lastListing, now, elapsedMs } = question;
  return elapsedMs >= everyMs || !isWithin(everyMs, lastListing, now);
}

/** For how long nothing was listed anew, by a clock that is never set. */
export class SinceListing {
  private readonly elapsed: () => number;
  private listedAt: number | undefined;

  /** @param elapsed milliseconds since any moment */
  constructor(elapsed: () => number) {
    this.elapsed = elapsed;
  }

  /** Everything was listed just now. */
  note(): void {
    this.listedAt = this.elapsed();
  }

  /** Whether everything is to be listed anew. */
  isDue(question: Omit<ListingDueQuestion, 'elapsedMs'>): boolean {
    return isListingDue({ ...question, elapsedMs: this.ms });
  }

  /** Milliseconds; 0 when nothing was listed yet. */
  get ms(): number {
    return this.listedAt === undefined ? 0 : this.elapsed() - this.listedAt;
  }
}

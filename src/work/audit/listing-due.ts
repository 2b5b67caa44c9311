import { isWithin } from '../../runtime/clock.ts';

export interface ListingDueQuestion {
  /** the maximum age of a full listing, in milliseconds */
  readonly everyMs: number;
  /** when the last one was made, by the system clock; undefined if unknown */
  readonly lastListing: number | undefined;
  /** the same clock, now */
  readonly now: number;
  /** how long ago this process made one, in milliseconds, by a monotonic clock; 0 if it made none */
  readonly elapsedMs: number;
}

/**
 * Whether everything must be listed again. Uses both clocks: the system clock may be set back, which would delay a listing; the
 * monotonic clock knows nothing about an earlier process, and stops while the machine sleeps. Pure.
 */
export function isListingDue(question: ListingDueQuestion): boolean {
  const { everyMs, lastListing, now, elapsedMs } = question;
  return elapsedMs >= everyMs || !isWithin(everyMs, lastListing, now);
}

/** The time since the last full listing, by a monotonic clock. */
export class SinceListing {
  private readonly elapsed: () => number;
  private listedAt: number | undefined;

  /** @param elapsed milliseconds since any moment */
  constructor(elapsed: () => number) {
    this.elapsed = elapsed;
  }

  /** Records that everything was just listed. */
  note(): void {
    this.listedAt = this.elapsed();
  }

  /** Whether everything must be listed again. */
  isDue(question: Omit<ListingDueQuestion, 'elapsedMs'>): boolean {
    return isListingDue({ ...question, elapsedMs: this.ms });
  }

  /** Milliseconds; 0 when nothing was listed yet. */
  get ms(): number {
    return this.listedAt === undefined ? 0 : this.elapsed() - this.listedAt;
  }
}

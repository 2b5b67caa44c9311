import type { BackendFacts } from '../facts/facts.ts';
import { isWithin } from '../runtime/clock.ts';
import { isWaiting } from './backoff.ts';
import { SinceListing } from './audit/listing-due.ts';
import type { BackendSettings, Pace } from './settings.ts';

export interface RestQuestion {
  readonly known: BackendFacts;
  /** milliseconds since the epoch */
  readonly now: number;
  /** whether the source has a view */
  readonly hasView: boolean;
  /** the last look was at this view */
  readonly isViewSeen: boolean;
  /** asked only where the answer decides */
  readonly owesNothing: () => boolean;
}

/** Says when a backend is looked at, and when all of it is listed. */
export class LookSchedule {
  private readonly pace: Pace;
  private readonly sinceListing: SinceListing;

  /** @param elapsed milliseconds by a clock that is never set */
  constructor({ pace }: Pick<BackendSettings, 'pace'>, elapsed: () => number) {
    this.pace = pace;
    this.sinceListing = new SinceListing(elapsed);
  }

  /** Takes note that everything was listed just now. */
  noteListing(): void {
    this.sinceListing.note();
  }

  isListingDue({ place: { lastListing } }: BackendFacts, now: number): boolean {
    return this.sinceListing.isDue({ everyMs: this.pace.listEveryMs, lastListing, now });
  }

  /** Whether a pass asks a remote for nothing: it owes nothing and was seen lately, or its next attempt is not due. */
  mayRest({ known, now, hasView, isViewSeen, owesNothing }: RestQuestion): boolean {
    const { probeEveryMs } = this.pace;
    if (probeEveryMs === undefined) return false;
    const { place, attempts } = known;
    if (attempts.trouble !== undefined) return isViewSeen && isWaiting(attempts.nextAttemptAt, now);
    if (!isWithin(probeEveryMs, place.lastContact, now)) return false;
    if (!hasView) return true; // what it owes is not known, and nothing would be sent
    return !this.isListingDue(known, now) && owesNothing();
  }
}

import type { BackendFacts } from '../../facts/facts.ts';
import { isWithin } from '../../runtime/clock.ts';
import { isWaiting } from '../backoff.ts';

export interface RestQuestion {
  readonly known: BackendFacts;
  /** milliseconds since the epoch */
  readonly now: number;
  /** how often to inspect a place that owes nothing, in milliseconds; undefined: with each poll */
  readonly probeEveryMs: number | undefined;
  /** whether the source has a view */
  readonly hasView: boolean;
  /** the last inspection used this view */
  readonly isViewSeen: boolean;
  /** another activity could not reach the place since it was last seen */
  readonly isDoubted: boolean;
  /** called only if the result matters */
  readonly owesNothing: () => boolean;
}

/** Whether a pass can skip all requests to a remote: it owes nothing and was inspected recently, or its next attempt is not due. Pure. */
export function mayRest(question: RestQuestion): boolean {
  const { known, now, probeEveryMs, hasView, isViewSeen, isDoubted, owesNothing } = question;
  const { trouble, nextAttemptAt } = known.attempts;
  if (probeEveryMs === undefined) return false;
  if (trouble !== undefined) return isViewSeen && isWaiting(nextAttemptAt, now);
  if (isDoubted || !isWithin(probeEveryMs, known.place.lastContact, now)) return false;
  if (!hasView) return true; // it is unknown what it owes, and nothing would be sent
  return owesNothing();
}

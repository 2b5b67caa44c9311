/**
 * How carefully a place is looked at, in ascending order.
 *
 * - `poll`: enough to tell people whether something changed. Of a remote, only `snapshots/` is listed. Where names have to be
 *   read and that takes more than a second, those that were read in the last 15 minutes will do.
 * - `names`: certainly the names that are there. Sizes that are remembered are not looked at again.
 * - `full`: nothing that is remembered is trusted. Every name is read, and the size of every object.
 */
const CARES = ['poll', 'names', 'full'] as const;
export type Care = (typeof CARES)[number];

/** The more careful of two. */
export function atLeast(one: Care, other: Care): Care {
  return CARES.indexOf(one) >= CARES.indexOf(other) ? one : other;
}

export interface CareQuestion {
  /** what the caller asks for: `full` when a person does, when something is to be proven, or when the last one is too old */
  readonly wanted: Care;
  /** the place was listed before, and nothing happened that makes what is remembered doubtful */
  readonly isKnown: boolean;
  /** something there is lost: what a person puts back may have been there before, and too short */
  readonly isDamaged: boolean;
  /** every look costs requests */
  readonly isRemote: boolean;
  /** as far as is known, nothing is to be done: no decision rests on this look alone */
  readonly isIdle: boolean;
}

/** How carefully to look. Pure. */
export function careOf(question: CareQuestion): Care {
  const { wanted, isKnown, isDamaged, isRemote, isIdle } = question;
  if (!isKnown) return 'full';
  if (isDamaged && !isRemote) return 'full';
  return atLeast(wanted, isRemote || isIdle ? 'poll' : 'names');
}

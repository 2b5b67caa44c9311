/** How carefully a place is inspected, in ascending order. */
const CARES = [
  // enough to show whether something changed: at a remote, only `snapshots/` is listed; if names must be read and that takes more
  // than a second, names read in the last 15 minutes are enough
  'poll',
  // the exact current names; remembered sizes are not checked again
  'names',
  // nothing remembered is trusted: every name is read, and the size of every object
  'full',
] as const;
export type Care = (typeof CARES)[number];

/** The more careful of two. */
export function atLeast(one: Care, other: Care): Care {
  return CARES.indexOf(one) >= CARES.indexOf(other) ? one : other;
}

export interface CareQuestion {
  /** what the caller needs: `full` on request, for a proof, or if the last one is too old */
  readonly wanted: Care;
  /** the place was listed before, and nothing has made the remembered content doubtful */
  readonly isKnown: boolean;
  /** something there is lost: files that a person puts back may be truncated */
  readonly isDamaged: boolean;
  /** every inspection costs requests */
  readonly isRemote: boolean;
  /** nothing is known to be owed, so no decision depends on this inspection alone */
  readonly isIdle: boolean;
}

/** Decides how carefully to inspect. Pure. */
export function careOf(question: CareQuestion): Care {
  const { wanted, isKnown, isDamaged, isRemote, isIdle } = question;
  if (!isKnown) return 'full';
  if (isDamaged && !isRemote) return 'full';
  return atLeast(wanted, isRemote || isIdle ? 'poll' : 'names');
}

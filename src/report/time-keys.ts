/** Keys of a report that hold a time, in milliseconds since the epoch. */
export const TIME_KEY = /At$|Since$|^since$|^lastContact$|^lastListing$|^lastSuccess$/;

/** Keys of times that may be in the future. */
export const PLANNED_TIMES: ReadonlySet<string> = new Set([
  'dueAt',
  'nextAttemptAt',
  'expectedBackAt',
  'endsAt',
]);

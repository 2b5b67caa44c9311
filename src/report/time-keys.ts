/** Keys of a report that hold a time, in milliseconds since the epoch. */
export const TIME_KEY = /At$|Since$|^since$|^lastContact$|^lastListing$|^lastSuccess$/;

/** Those that may lie ahead. */
export const PLANNED_TIMES: ReadonlySet<string> = new Set([
  'dueAt',
  'nextAttemptAt',
  'expectedBackAt',
]);

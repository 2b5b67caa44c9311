import { expect, test } from '@jest/globals';
import { isListingDue, SinceListing } from '../../../../src/work/audit/listing-due.ts';

const HOUR = 3_600_000;
const due = (lastListing: number | undefined, now: number, elapsedMs: number) =>
  isListingDue({ everyMs: 24 * HOUR, lastListing, now, elapsedMs });

test.each([
  ['a day is over', 0, 24 * HOUR, 24 * HOUR, true],
  ['a day is not over', 0, 23 * HOUR, 23 * HOUR, false],
  ['none is known', undefined, 0, 0, true],
  ['an earlier process made it two days ago', 0, 48 * HOUR, 0, true],
  ['an earlier process made it an hour ago', 0, HOUR, 0, false],
  ['the clock is set back again and again', 100 * HOUR, 101 * HOUR, 24 * HOUR, true],
  ['the clock was far ahead then', 1_000 * HOUR, 0, HOUR, true],
  ['the machine has slept for two days', 0, 48 * HOUR, HOUR, true],
] as const)('%s', (...[, lastListing, now, elapsedMs, isDue]) => {
  expect(due(lastListing, now, elapsedMs)).toBe(isDue);
});

test('the time since a listing is measured by a clock that is never set', () => {
  const clock = { at: 500 };
  const since = new SinceListing(() => clock.at);
  clock.at += 1_000;
  expect(since.ms).toBe(0);
  since.note();
  clock.at += 1_000;
  expect(since.ms).toBe(1_000);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, mayAttempt, waitMs } from '../../../src/work/backoff.ts';

const MINUTE = 60_000;
const clock = { now: () => 0, elapsedMs: () => 0, random: () => 0.5 };

test.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 4],
  [5, 16],
  [6, 30],
  [1_000, 30],
])('after %d failures in a row it waits %d minutes', (failures, minutes) => {
  expect(backoffMs(failures, clock)).toBeCloseTo(minutes * MINUTE, 5);
});

test('the interval varies by a tenth, so that daemons do not poll together', () => {
  fc.assert(
    fc.property(
      fc.nat(20),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, chance) => {
        const wait = backoffMs(failures, {
          now: () => 0,
          elapsedMs: () => 0,
          random: () => chance,
        });

        expect(wait / backoffMs(failures, clock)).toBeGreaterThan(0.899);
        expect(wait / backoffMs(failures, clock)).toBeLessThan(1.101);
      },
    ),
  );
});

const waiting = {
  now: 100 * MINUTE,
  cause: 'schedule',
  reason: 'verify',
  nextAttemptAt: 110 * MINUTE,
  lastAttemptAt: 99.5 * MINUTE,
  isObstacleGone: false,
  isNewView: false,
} as const;

test.each([
  ['waits', {}, false],
  ['goes on when the wait is over', { nextAttemptAt: 100 * MINUTE }, true],
  ['goes at once when a person asks', { cause: 'request' }, true],
  ['goes at once when the obstacle is gone', { isObstacleGone: true }, true],
  ['goes at once when the last pass went well', { reason: undefined }, true],
  ['goes at once after a restart', { nextAttemptAt: undefined }, true],
  [
    'waits although there is something new, half a minute after an attempt',
    { isNewView: true },
    false,
  ],
  [
    'starts for a new snapshot one minute after an attempt',
    { isNewView: true, lastAttemptAt: 99 * MINUTE },
    true,
  ],
  ['goes when a look has disproved the failure', { reason: 'unreachable' }, true],
  ['an inspection proves nothing else', { reason: 'no_space', lastAttemptAt: 0 }, false],
  ['goes when the clock went back by a year', { now: -525_600 * MINUTE }, true],
  ['goes when the clock went forward by a year', { now: 525_600 * MINUTE }, true],
] as const)('it %s', (_rule, given, expected) => {
  expect(mayAttempt({ ...waiting, ...given })).toBe(expected);
});

test('a client that is polled rarely is retried when its attempt is due, not at the next poll', () => {
  expect(waitMs(360 * MINUTE, 102 * MINUTE, 100 * MINUTE)).toBe(2 * MINUTE);
  expect(waitMs(MINUTE, 110 * MINUTE, 100 * MINUTE)).toBe(MINUTE);
  expect(waitMs(MINUTE, undefined, 100 * MINUTE)).toBe(MINUTE);
});

test('an overdue attempt does not make the loop spin', () => {
  expect(waitMs(MINUTE, 90 * MINUTE, 100 * MINUTE)).toBe(MINUTE);
});

import { expect, test } from '@jest/globals';
import { initialBackend } from '../../../../src/facts/initial.ts';
import { mayRest, type RestQuestion } from '../../../../src/work/sync/may-rest.ts';

const MINUTE = 60_000;
const NOW = 1_000 * MINUTE;

function known(minutesSinceContact: number, nextAttemptAt?: number): RestQuestion['known'] {
  const backend = initialBackend(0);
  const trouble = { reason: 'tool', message: 'no' } as const;
  return {
    ...backend,
    place: { ...backend.place, lastContact: NOW - minutesSinceContact * MINUTE },
    attempts: {
      ...backend.attempts,
      ...(nextAttemptAt !== undefined && { trouble, nextAttemptAt }),
    },
  };
}

/** A remote that owes nothing and was reached lately. */
const quiet: RestQuestion = {
  known: known(5),
  now: NOW,
  probeEveryMs: 60 * MINUTE,
  hasView: true,
  isViewSeen: true,
  isDoubted: false,
  owesNothing: () => true,
};
const waiting = { ...quiet, known: known(5, NOW + MINUTE) };

test.each([
  ['a remote that owes nothing and was reached lately is left alone', quiet, true],
  ['a place that is cheap to look at is not', { ...quiet, probeEveryMs: undefined }, false],
  ['a remote is asked when its probe is due', { ...quiet, known: known(61) }, false],
  ['… and when it owes something', { ...quiet, owesNothing: () => false }, false],
  ['… and when another activity could not reach it', { ...quiet, isDoubted: true }, false],
  [
    'without a view, what it owes does not matter',
    { ...quiet, hasView: false, owesNothing: () => false },
    true,
  ],
  ['a remote that failed is left alone until its next attempt', waiting, true],
  ['… whatever another activity found', { ...waiting, isDoubted: true }, true],
  ['… unless there is a new view', { ...waiting, isViewSeen: false }, false],
  ['… and is asked when that attempt is due', { ...waiting, known: known(5, NOW) }, false],
])('%s', (_rule, question, expected) => {
  expect(mayRest(question)).toBe(expected);
});

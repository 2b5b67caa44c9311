import { expect, test } from '@jest/globals';
import { atLeast, careOf, type CareQuestion } from '../../../src/locations/care.ts';

/** A directory that is known, with nothing to do there. */
const idle: CareQuestion = {
  wanted: 'poll',
  isKnown: true,
  isDamaged: false,
  isRemote: false,
  isIdle: true,
};
const busy = { ...idle, isIdle: false };
const remote = { ...idle, isRemote: true };

test.each([
  ['a directory with nothing to do is polled', idle, 'poll'],
  ['its names are certain where something is to be done', busy, 'names'],
  ['its names are certain when a view is to be taken', { ...idle, wanted: 'names' }, 'names'],
  [
    'everything is checked when a person asks, or when the last full listing is too old',
    { ...idle, wanted: 'full' },
    'full',
  ],
  ['… and when nothing is known of it', { ...idle, isKnown: false }, 'full'],
  ['… and while something there is lost', { ...idle, isDamaged: true }, 'full'],
  ['a remote is polled, whether something is to be done or not', remote, 'poll'],
  ['… also where something is to be sent', { ...remote, isIdle: false }, 'poll'],
  ['… also while something there is lost', { ...remote, isDamaged: true }, 'poll'],
  [
    'all of a remote is checked when a person asks, or when the last full listing is too old',
    { ...remote, wanted: 'full' },
    'full',
  ],
  ['… and when nothing is known of it', { ...remote, isKnown: false }, 'full'],
] as const)('%s', (_rule, question, expected) => {
  expect(careOf(question)).toBe(expected);
});

test.each([
  ['poll', 'poll', 'poll'],
  ['poll', 'names', 'names'],
  ['full', 'names', 'full'],
  ['poll', 'full', 'full'],
] as const)('the more careful of %s and %s is %s', (one, other, expected) => {
  expect(atLeast(one, other)).toBe(expected);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  haveAllChecked,
  isAnyAlive,
  noteProgress,
  type LastProgress,
  type LoopProgress,
} from '../../../src/client/loop-progress.ts';

const MINUTE = 60_000;
/** Three polls of a minute, and two minutes. */
const LIMIT = 5 * MINUTE;
const loop = (given: Partial<LoopProgress> = {}): LoopProgress => ({
  client: 'ahost',
  checks: 1,
  isWaiting: false,
  pollMs: MINUTE,
  ...given,
});
const NONE: LastProgress = new Map();

test.each([
  ['there is no client', [], true],
  ['the only loop has not checked its source yet', [loop({ checks: 0 })], false],
  ['one of two has not', [loop(), loop({ client: 'bhost', checks: 0 })], false],
  ['both have', [loop(), loop({ client: 'bhost' })], true],
  ['one is known to wait for its place', [loop(), loop({ checks: 0, isWaiting: true })], true],
])('whether all loops have begun when %s', (_, loops, expected) => {
  expect(haveAllChecked(loops)).toBe(expected);
});

test('a loop is alive until its limit has passed since its last check', () => {
  const loops = [loop()];
  const last = noteProgress(NONE, loops, 1_000);

  expect(isAnyAlive(last, loops, 1_000 + LIMIT)).toBe(true);
  expect(isAnyAlive(last, loops, 1_001 + LIMIT)).toBe(false);
  const later = noteProgress(last, [loop({ checks: 2 })], LIMIT);
  expect(isAnyAlive(later, loops, 2 * LIMIT)).toBe(true);
});

test('a loop that was replaced, and starts from zero, is alive', () => {
  const last = noteProgress(NONE, [loop({ checks: 9 })], 0);
  const replaced = [loop({ checks: 0 })];

  expect(isAnyAlive(noteProgress(last, replaced, LIMIT), replaced, LIMIT + 1)).toBe(true);
});

test('a loop that is known to wait counts as alive, however long it takes, and for its limit after that', () => {
  const waiting = [loop({ isWaiting: true })];
  const [day, loops] = [24 * 60 * MINUTE, [loop()]];
  const last = noteProgress(noteProgress(NONE, waiting, 0), waiting, day);

  expect(isAnyAlive(last, waiting, day)).toBe(true);
  expect(isAnyAlive(noteProgress(last, loops, day + 1), loops, day + LIMIT)).toBe(true);
  expect(isAnyAlive(noteProgress(last, loops, day + 1), loops, day + LIMIT + 1)).toBe(false);
});

test('without clients, nothing is stalled', () => {
  expect(isAnyAlive(NONE, [], 24 * 60 * MINUTE)).toBe(true);
});

test('as long as one loop is alive, no others stop the daemon', () => {
  const client = fc.record({
    checks: fc.nat(5),
    isWaiting: fc.constant(false),
    pollMs: fc.integer({ min: 1_000, max: 3_600_000 }),
  });
  fc.assert(
    fc.property(fc.array(client, { maxLength: 5 }), fc.nat(1e9), (stalled, elapsedMs) => {
      const others = stalled.map((one, i) => ({ ...one, client: `c${i}` }));
      const last = noteProgress(NONE, [...others, loop()], 0);
      const now = [...others, loop({ checks: 2 })];

      expect(isAnyAlive(noteProgress(last, now, elapsedMs), now, elapsedMs)).toBe(true);
    }),
  );
});

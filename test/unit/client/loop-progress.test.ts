import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  haveAllBegun,
  isAnyTurning,
  noteTurns,
  type LastTurns,
  type LoopProgress,
} from '../../../src/client/turning.ts';

const MINUTE = 60_000;
/** Three polls of a minute, and two minutes. */
const LIMIT = 5 * MINUTE;
const loop = (given: Partial<LoopProgress> = {}): LoopProgress => ({
  client: 'ahost',
  turns: 1,
  isWaiting: false,
  pollMs: MINUTE,
  ...given,
});
const NONE: LastTurns = new Map();

test.each([
  ['there is no client', [], true],
  ['the only loop has not checked its source yet', [loop({ turns: 0 })], false],
  ['one of two has not', [loop(), loop({ client: 'bhost', turns: 0 })], false],
  ['both have', [loop(), loop({ client: 'bhost' })], true],
  ['one is known to wait for its place', [loop(), loop({ turns: 0, isWaiting: true })], true],
])('whether all loops have begun when %s', (_, loops, expected) => {
  expect(haveAllBegun(loops)).toBe(expected);
});

test('a loop turns until its limit has passed since its last turn', () => {
  const loops = [loop()];
  const last = noteTurns(NONE, loops, 1_000);

  expect(isAnyTurning(last, loops, 1_000 + LIMIT)).toBe(true);
  expect(isAnyTurning(last, loops, 1_001 + LIMIT)).toBe(false);
  const turned = noteTurns(last, [loop({ turns: 2 })], LIMIT);
  expect(isAnyTurning(turned, loops, 2 * LIMIT)).toBe(true);
});

test('a loop that was replaced, and starts from zero, has turned', () => {
  const last = noteTurns(NONE, [loop({ turns: 9 })], 0);
  const replaced = [loop({ turns: 0 })];

  expect(isAnyTurning(noteTurns(last, replaced, LIMIT), replaced, LIMIT + 1)).toBe(true);
});

test('a loop that is known to wait counts as turning, however long it takes, and for its limit after that', () => {
  const waiting = [loop({ isWaiting: true })];
  const [day, loops] = [24 * 60 * MINUTE, [loop()]];
  const last = noteTurns(noteTurns(NONE, waiting, 0), waiting, day);

  expect(isAnyTurning(last, waiting, day)).toBe(true);
  expect(isAnyTurning(noteTurns(last, loops, day + 1), loops, day + LIMIT)).toBe(true);
  expect(isAnyTurning(noteTurns(last, loops, day + 1), loops, day + LIMIT + 1)).toBe(false);
});

test('without clients, nothing is stalled', () => {
  expect(isAnyTurning(NONE, [], 24 * 60 * MINUTE)).toBe(true);
});

test('as long as one loop turns, no others stop the daemon', () => {
  const client = fc.record({
    turns: fc.nat(5),
    isWaiting: fc.constant(false),
    pollMs: fc.integer({ min: 1_000, max: 3_600_000 }),
  });
  fc.assert(
    fc.property(fc.array(client, { maxLength: 5 }), fc.nat(1e9), (stalled, elapsedMs) => {
      const others = stalled.map((one, i) => ({ ...one, client: `c${i}` }));
      const last = noteTurns(NONE, [...others, loop()], 0);
      const now = [...others, loop({ turns: 2 })];

      expect(isAnyTurning(noteTurns(last, now, elapsedMs), now, elapsedMs)).toBe(true);
    }),
  );
});

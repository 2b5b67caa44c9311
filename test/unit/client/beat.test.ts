import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Beat } from '../../../src/client/beat.ts';

function at(everyMs: number, chances: readonly number[] = [0.5]) {
  let asked = 0;
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    elapsedMs: () => 0,
    random: () => chances[asked++] ?? 0.5,
  };
  return { clock, beat: new Beat(everyMs, clock) };
}

test('a caller that comes before the next beat waits for the same moment', () => {
  const { clock, beat } = at(60_000, [0.2, 0.9]);
  const next = clock.time + beat.wait();
  clock.time += 3_000;
  expect(clock.time + beat.wait()).toBe(next);
  clock.time += 20_000;
  expect(clock.time + beat.wait()).toBe(next);
});

test('the next beat varies by a tenth, even after a missed one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(300_000), fc.double({ min: 0, max: 0.99, noNaN: true }))),
      (asks) => {
        const { clock, beat } = at(
          60_000,
          asks.map(([, chance]) => chance),
        );
        for (const [passed] of asks) {
          clock.time += passed;
          const wait = beat.wait();
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(66_000);
        }
      },
    ),
  );
});

test('a timer that fires a little early does not check twice', () => {
  const { clock, beat } = at(1_000);
  clock.time += beat.wait() - 2;
  expect(beat.wait()).toBe(1_000);
});

test('a clock that goes back makes no one wait longer', () => {
  const { clock, beat } = at(1_000);
  beat.wait();
  clock.time -= 3_600_000;
  expect(beat.wait()).toBe(1_000);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PollSchedule } from '../../../src/client/poll-schedule.ts';

function at(everyMs: number, chances: readonly number[] = [0.5]) {
  let asked = 0;
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    elapsedMs: () => 0,
    random: () => chances[asked++] ?? 0.5,
  };
  return { clock, schedule: new PollSchedule(everyMs, clock) };
}

test('a caller that comes before the next poll waits for the same moment', () => {
  const { clock, schedule } = at(60_000, [0.2, 0.9]);
  const next = clock.time + schedule.wait();
  clock.time += 3_000;
  expect(clock.time + schedule.wait()).toBe(next);
  clock.time += 20_000;
  expect(clock.time + schedule.wait()).toBe(next);
});

test('the time of the next poll varies by a tenth, even after a missed one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(300_000), fc.double({ min: 0, max: 0.99, noNaN: true }))),
      (asks) => {
        const { clock, schedule } = at(
          60_000,
          asks.map(([, chance]) => chance),
        );
        for (const [passed] of asks) {
          clock.time += passed;
          const wait = schedule.wait();
          expect(wait).toBeGreaterThan(0);
          expect(wait).toBeLessThanOrEqual(66_000);
        }
      },
    ),
  );
});

test('a timer that fires a little early does not check twice', () => {
  const { clock, schedule } = at(1_000);
  clock.time += schedule.wait() - 2;
  expect(schedule.wait()).toBe(1_000);
});

test('a clock that goes back makes no one wait longer', () => {
  const { clock, schedule } = at(1_000);
  schedule.wait();
  clock.time -= 3_600_000;
  expect(schedule.wait()).toBe(1_000);
});

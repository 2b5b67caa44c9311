import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { observeTimes, type SnapshotObservation } from '../../../src/replication/snapshot-age.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { NO_CLAIMS, SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (...numbers: number[]) => Catalogue.from(numbers.map((n) => [idOf(n), 10]));
const mtimes = (of: Record<number, number>) =>
  new Map(Object.entries(of).map(([n, at]) => [idOf(Number(n)), at]));
const known = (of: Record<number, number>) =>
  new SnapshotTimes().with(
    new Map(Object.entries(of).map(([n, at]) => [idOf(Number(n)), { time: at, arrivedAt: at }])),
  );

function observe(observation: Partial<SnapshotObservation>): SnapshotObservation {
  return {
    times: new SnapshotTimes(),
    claims: NO_CLAIMS,
    checkedAt: 99_000,
    current: EMPTY_CATALOGUE,
    mtimes: new Map(),
    now: 100_000,
    edits: new Map(),
    ...observation,
  };
}

const timeOf = (n: number, observation: Partial<SnapshotObservation>) =>
  observeTimes(observe(observation)).times.get(idOf(n));

describe('the time of a snapshot', () => {
  test('is its mtime when it was first seen', () => {
    expect(timeOf(1, { current: set(1), mtimes: mtimes({ 1: 500 }) })?.time).toBe(500);
  });

  test('is the time when it was first seen where the mtime lies in the future', () => {
    expect(timeOf(1, { current: set(1), mtimes: mtimes({ 1: 900_000 }) })?.time).toBe(100_000);
  });

  test('is now if the place has no mtime', () => {
    expect(timeOf(1, { current: set(1) })?.time).toBe(100_000);
  });

  test.each([NaN, -1e19, 1e19])('is now if the mtime is %d, which is no time at all', (mtime) => {
    const observation = observe({ current: set(1), mtimes: mtimes({ 1: mtime }) });
    const { times, claims } = observeTimes(observation);
    expect(times.get(idOf(1))?.time).toBe(100_000);
    expect(claims.size).toBe(0);
  });

  test('is not moved by a later touch or copy of the file', () => {
    const times = known({ 1: 500 });

    expect(timeOf(1, { times, current: set(1), mtimes: mtimes({ 1: 90_000 }) })?.time).toBe(500);
  });

  test('is remembered while the snapshot is away', () => {
    expect(timeOf(1, { times: known({ 1: 500 }) })?.time).toBe(500);
  });

  test('is now while the clock is behind, and what it was when the clock is right again', () => {
    const there = { current: set(1) };

    const behind = observeTimes(
      observe({ ...there, times: known({ 1: 9_000_000 }), checkedAt: 9_100_000 }),
    );
    expect(behind.times.get(idOf(1))).toEqual({ time: 100_000, arrivedAt: 100_000 });
    const right = observeTimes(
      observe({ ...there, ...behind, checkedAt: 100_000, now: 9_200_000 }),
    );

    expect(right.times.get(idOf(1))?.time).toBe(9_000_000);
    expect(right.claims.size).toBe(0);
  });

  test('a time from a clock that was ahead no longer counts once the clock is right', () => {
    const there = { current: set(1) };

    const noted = observeTimes(
      observe({ ...there, times: known({ 1: 200_000 }), checkedAt: 200_000 }),
    );
    let held = noted;
    for (let now = 130_000; now <= 300_000; now += 30_000)
      held = observeTimes(observe({ ...there, ...held, checkedAt: now - 30_000, now }));

    expect(held.times.get(idOf(1))?.time).toBe(100_000);
    expect(held.claims.size).toBe(0);
  });
});

test('an edit inherits the time of what it replaces, and is owed only since it arrived', () => {
  const edit = {
    times: known({ 1: 500 }),
    current: set(2),
    mtimes: mtimes({ 2: 90_000 }),
    edits: new Map([[idOf(2), idOf(1)]]),
  };

  expect(timeOf(2, edit)).toEqual({ time: 500, arrivedAt: 90_000 });
  expect(timeOf(2, { ...edit, times: known({ 1: 500, 2: 90_000 }) })?.time).toBe(500);
});

test('an edit of a snapshot whose time lies ahead of the clock inherits that, too', () => {
  const behind = observe({ times: known({ 1: 9_000_000 }), current: set(1), checkedAt: 9_100_000 });
  const held = observeTimes(behind);
  const edits = new Map([[idOf(2), idOf(1)]]);
  const mtime = mtimes({ 2: 9_150_000 });
  const edited = observeTimes(observe({ ...held, current: set(2), edits, mtimes: mtime }));

  const right = observeTimes(
    observe({ ...edited, current: set(2), checkedAt: 100_000, now: 9_200_000 }),
  );

  expect(right.times.get(idOf(2))).toEqual({ time: 9_000_000, arrivedAt: 9_150_000 });
});

test('no time is ever in the future, for any observations', () => {
  const numbers = fc.uniqueArray(fc.nat(6), { maxLength: 5 }).map((list) => set(...list));
  const at = fc.dictionary(fc.nat(6).map(String), fc.nat(200_000));
  const observations = fc.record({
    times: at.map(known),
    claims: fc.constant(NO_CLAIMS),
    checkedAt: fc.option(fc.nat(200_000), { nil: undefined }),
    current: numbers,
    mtimes: at.map(mtimes),
    now: fc.nat(200_000),
    edits: fc
      .dictionary(fc.nat(6).map(idOf), fc.nat(6).map(idOf))
      .map((pairs) => new Map(Object.entries(pairs))),
  });
  fc.assert(
    fc.property(observations, (observation) => {
      const { times } = observeTimes(observation);

      for (const { id } of observation.current.entries()) {
        expect(times.get(id)?.time).toBeLessThanOrEqual(observation.now);
        expect(times.get(id)?.arrivedAt).toBeLessThanOrEqual(observation.now);
      }
    }),
  );
});

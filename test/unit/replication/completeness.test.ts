import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  completeSnapshots,
  lagOf,
  missingSnapshots,
  type MissingQuestion,
  unprovenSnapshots,
} from '../../../src/replication/completeness.ts';
import { protectionOf, type Owing } from '../../../src/replication/protection.ts';
import { Catalogue, EMPTY_CATALOGUE } from '../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (...numbers: number[]) => Catalogue.from(numbers.map((n) => [idOf(n), 10]));

/** Snapshot n came to be at the n-th of these times. */
function timesOf(...at: number[]): SnapshotTimes {
  return new SnapshotTimes().with(
    new Map(at.map((time, n) => [idOf(n), { time, arrivedAt: time }])),
  );
}

function missing(question: Partial<MissingQuestion>): Record<string, number> {
  const owed = missingSnapshots({
    source: set(0, 1),
    complete: EMPTY_CATALOGUE,
    times: timesOf(100, 200),
    since: 0,
    now: 1_000,
    before: undefined,
    ...question,
  });
  return Object.fromEntries([...owed].map(([id, at]) => [Number.parseInt(id.slice(0, 4), 16), at]));
}

describe('complete', () => {
  const visible = set(0, 1);

  test('visible snapshots are complete if there is a baseline and no loss', () => {
    const question = { visible, source: set(0, 1, 2), hasBaseline: true, isDamaged: false };

    expect(completeSnapshots(question)).toBe(visible);
  });

  test.each([
    ['before the baseline', { hasBaseline: false, isDamaged: false }],
    ['while a loss is known', { hasBaseline: true, isDamaged: true }],
  ])('nothing %s', (_when, state) => {
    expect(completeSnapshots({ visible, source: visible, ...state }).count).toBe(0);
  });

  test('not a snapshot file that has another size than at the source', () => {
    const short = Catalogue.from([
      [idOf(0), 9],
      [idOf(1), 10],
    ]);

    const complete = completeSnapshots({
      visible: short,
      source: set(0, 1),
      hasBaseline: true,
      isDamaged: false,
    });

    expect([...complete.entries()].map(({ id }) => id)).toEqual([idOf(1)]);
  });

  test('one that the source has forgotten, if it was complete before', () => {
    const question = { visible, source: set(1), hasBaseline: true, isDamaged: false };

    expect(completeSnapshots({ ...question, proven: visible }).count).toBe(2);
  });

  test('not a snapshot that the source never had: what it needs is unknown', () => {
    const question = { visible, source: set(1), hasBaseline: true, isDamaged: false };

    expect(completeSnapshots(question)).toEqual(set(1));
    expect(unprovenSnapshots(question)).toEqual(set(0));
  });
});

describe('owed since', () => {
  test('a new backend of an old repository owes from when it was set up', () => {
    expect(missing({ since: 900 })).toEqual({ 0: 900, 1: 900 });
  });

  test('a snapshot that came later owes from its own time', () => {
    expect(missing({ since: 150 })).toEqual({ 0: 150, 1: 200 });
  });

  test('a complete backend owes nothing', () => {
    expect(missing({ complete: set(0) })).toEqual({ 1: 200 });
  });

  test('a loss dates what was complete before it, and only that', () => {
    const before = { source: set(0, 1), missing: new Map([[idOf(1), 200]]) };

    expect(missing({ before })).toEqual({ 0: 1_000, 1: 200 });
  });

  test('a loss keeps its date while it lasts', () => {
    const before = { source: set(0, 1), missing: new Map([[idOf(0), 500]]) };

    expect(missing({ before, complete: set(1), now: 2_000 })).toEqual({ 0: 500 });
  });

  test('a repaired loss owes nothing', () => {
    const before = { source: set(0, 1), missing: new Map([[idOf(0), 500]]) };

    expect(missing({ before, complete: set(0, 1) })).toEqual({});
  });

  test('a snapshot forgotten before it was replicated is no longer owed', () => {
    expect(missing({ source: set(1) })).toEqual({ 1: 200 });
  });

  test('a backend that was set up again owes from then', () => {
    const before = { source: set(0, 1), missing: new Map([[idOf(0), 100]]) };

    expect(missing({ before, since: 800, complete: set(1) })).toEqual({ 0: 800 });
  });

  test('never in the future, when the clock went back', () => {
    const before = { source: set(0), missing: new Map([[idOf(0), 5_000]]) };

    expect(missing({ before, source: set(0), now: 300, since: 4_000 })).toEqual({ 0: 300 });
  });

  test('the lag is that of the longest waiting, and 0 where nothing waits', () => {
    expect(
      lagOf(
        new Map([
          ['a', 300],
          ['b', 200],
        ]),
        1_000,
      ),
    ).toBe(800);
    expect(lagOf(new Map(), 1_000)).toBe(0);
  });

  test('the lag grows with time, and never shrinks unless a snapshot becomes complete', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 5 }), fc.nat(1_000), (at, later) => {
        const times = timesOf(...at);
        const source = set(...at.keys());
        const question = { source, times, complete: EMPTY_CATALOGUE, since: 0 };
        const first = missingSnapshots({ ...question, now: 1_000, before: undefined });
        const before = { source, missing: first };

        const second = missingSnapshots({ ...question, now: 1_000 + later, before });

        expect(second).toEqual(first);
        expect(lagOf(second, 1_000 + later)).toBe(
          at.length === 0 ? 0 : lagOf(first, 1_000) + later,
        );
      }),
    );
  });
});

describe('protection', () => {
  const owes = (owed: Record<number, number>): Owing => ({
    missing: new Map(Object.entries(owed).map(([n, at]) => [idOf(Number(n)), at])),
    since: 0,
  });
  const unseen = (since: number): Owing => ({ missing: undefined, since });
  const ask = (backends: readonly Owing[], expectedCopies: number, source = set(0, 1)) =>
    protectionOf({ source, times: timesOf(100, 200), backends, expectedCopies });

  test('everything is in enough places: no lag, and the newest snapshot is protected', () => {
    expect(ask([owes({}), owes({})], 3)).toEqual({
      copies: 3,
      unreachableCopies: 0,
      protectedSnapshotAt: 200,
      unprotected: 0,
      unprotectedSince: undefined,
    });
  });

  test.each([
    [1, undefined, 0],
    [2, 700, 1],
    [3, 500, 1],
    [4, 300, 1],
  ])(
    'of three backends that owe since 300, 500 and 700, %d copies are short since %s',
    (copies, since, unprotected) => {
      const backends = [owes({ 1: 700 }), owes({ 1: 300 }), owes({ 1: 500 })];

      expect(ask(backends, copies)).toMatchObject({ unprotected, copies: 1 });
      expect(ask(backends, copies).unprotectedSince).toBe(since);
    },
  );

  test('one backend that lags does not matter if the others are enough', () => {
    expect(ask([owes({ 0: 100, 1: 200 }), owes({})], 2)).toMatchObject({
      unprotected: 0,
      copies: 2,
      protectedSnapshotAt: 200,
    });
  });

  test('of several unprotected snapshots the longest waiting one counts', () => {
    expect(ask([owes({ 0: 800, 1: 300 })], 2).unprotectedSince).toBe(300);
  });

  test('the newest protected one is not the newest', () => {
    expect(ask([owes({ 1: 300 })], 2).protectedSnapshotAt).toBe(100);
  });

  test('a backend that was never seen owes everything since it was configured', () => {
    expect(ask([unseen(150)], 2)).toMatchObject({ unprotected: 2, unprotectedSince: 150 });
  });

  test('a repository without a snapshot lacks nothing', () => {
    expect(ask([unseen(0)], 2, EMPTY_CATALOGUE)).toEqual({
      copies: undefined,
      unreachableCopies: 0,
      protectedSnapshotAt: undefined,
      unprotected: 0,
      unprotectedSince: undefined,
    });
  });

  const gone = (uncountedSince: number, owed: Record<number, number> = {}): Owing => ({
    ...owes(owed),
    uncountedSince,
  });

  test('a place that is gone is not a copy, and lacks its snapshots since it stopped counting', () => {
    expect(ask([owes({}), gone(700)], 3)).toEqual({
      copies: 2,
      unreachableCopies: 1,
      protectedSnapshotAt: undefined,
      unprotected: 2,
      unprotectedSince: 700,
    });
  });

  test('what it owed before is owed from then on', () => {
    expect(ask([owes({}), gone(700, { 1: 300 })], 3)).toMatchObject({
      copies: 2,
      unreachableCopies: 0,
      unprotected: 2,
      unprotectedSince: 300,
    });
  });

  test('a snapshot that came after it stopped counting is lacking since it came', () => {
    expect(ask([owes({}), gone(150)], 3, set(1)).unprotectedSince).toBe(200);
  });

  test('one place more than required may be gone', () => {
    expect(ask([owes({}), owes({}), gone(700)], 3)).toMatchObject({
      copies: 3,
      unreachableCopies: 1,
      unprotected: 0,
      protectedSnapshotAt: 200,
    });
  });

  test('a missing source counts as lacking, like a missing backend', () => {
    const question = { source: set(0, 1), times: timesOf(100, 200), expectedCopies: 2 };

    expect(
      protectionOf({ ...question, backends: [owes({})], sourceUncountedSince: 800 }),
    ).toMatchObject({ copies: 1, unprotected: 2, unprotectedSince: 800 });
  });

  test('it is the earliest time from which on too few places had a snapshot and counted', () => {
    const at = fc.option(fc.nat(50), { nil: undefined });
    const places = fc.array(fc.record({ owed: at, uncountedSince: at }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(places, at, fc.integer({ min: 1, max: 6 }), (drawn, ownSince, copies) => {
        fc.pre(copies <= drawn.length + 1);
        const backends = drawn.map(({ owed, uncountedSince }) => ({
          ...owes(owed === undefined ? {} : { 0: owed }),
          uncountedSince,
        }));
        const times = timesOf(0);

        const answer = protectionOf({
          source: set(0),
          times,
          backends,
          expectedCopies: copies,
          sourceUncountedSince: ownSince,
        });

        const isLacking = (since: number | undefined, now: number) =>
          since !== undefined && since <= now;
        const placesAt = (now: number) =>
          (isLacking(ownSince, now) ? 0 : 1) +
          drawn.filter(
            ({ owed, uncountedSince }) =>
              !isLacking(owed, now) && !(owed === undefined && isLacking(uncountedSince, now)),
          ).length;
        const instants = Array.from({ length: 51 }, (_, now) => now);
        expect(answer.unprotectedSince).toBe(instants.find((now) => placesAt(now) < copies));
      }),
    );
  });
});

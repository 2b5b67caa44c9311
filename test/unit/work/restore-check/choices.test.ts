import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  choosePlace,
  isCheckDue,
  type Judged,
} from '../../../../src/work/restore-check/choose-place.ts';
import {
  chooseSnapshot,
  snapshotTurn,
} from '../../../../src/work/restore-check/choose-snapshot.ts';
import { seededRandom, seedOf } from '../../../../src/work/restore-check/random.ts';

const DAY = 24 * 3_600_000;
const place = (name: string, judgedAt?: number) => ({ name, judgedAt });

describe('which place is next', () => {
  test('the one whose last check is the oldest; one that was never checked first', () => {
    expect(choosePlace([place('a', 3), place('b', 1), place('c', 2)])?.name).toBe('b');
    expect(choosePlace([place('a', 3), place('b'), place('c')])?.name).toBe('b');
    expect(choosePlace<Judged>([])).toBeUndefined();
  });

  test('all places take turns', () => {
    const names = ['source', 'nas', 'b2'];
    const judged = new Map<string, number>();
    const order = Array.from({ length: 9 }, (_, at) => {
      const next =
        choosePlace(names.map((name) => ({ name, judgedAt: judged.get(name) })))?.name ?? '';
      judged.set(next, at);
      return next;
    });
    expect(order).toEqual([...names, ...names, ...names]);
  });

  test('one check of any place in each interval, even if a clock was wrong', () => {
    expect(isCheckDue([place('a'), place('b')], 7 * DAY, 0)).toBe(true);
    expect(isCheckDue([place('a', 0), place('b')], 7 * DAY, 7 * DAY - 1)).toBe(false);
    expect(isCheckDue([place('a', 0), place('b')], 7 * DAY, 7 * DAY)).toBe(true);
    expect(isCheckDue([place('a', 100 * DAY)], 7 * DAY, 0)).toBe(true);
  });
});

describe('which snapshot', () => {
  const snapshots = [1, 5, 3, 4, 2].map((at) => ({ id: `s${at}`, at }));

  test('the newest, and every third time a random older one', () => {
    const chosen = Array.from({ length: 30 }, (_, before) =>
      chooseSnapshot(snapshots, before, seededRandom(String(before))),
    );
    const isThird = (_: unknown, n: number) => (n + 1) % 3 === 0;
    expect(chosen.filter((each, n) => !isThird(each, n)).map((each) => each?.id)).toEqual(
      Array.from({ length: 20 }, () => 's5'),
    );
    const older = chosen.filter(isThird);
    expect(older.every((each) => each?.isRandom === true && each.id !== 's5')).toBe(true);
    expect(new Set(older.map((each) => each?.id)).size).toBeGreaterThan(1);
  });

  test.each([1, 2, 3, 4, 5, 6])('older ones at each of %d places', (places) => {
    const older = Array.from({ length: 36 }, (_, before) => {
      const turn = snapshotTurn(before, places);
      const chosen = chooseSnapshot(snapshots, turn, seededRandom(String(before)));
      return chosen?.isRandom === true ? [before % places] : [];
    }).flat();
    expect(new Set(older).size).toBe(places);
    expect(older).toHaveLength(12);
  });

  test('the only one, even if it is the turn of an older one', () => {
    expect(chooseSnapshot([{ id: 'a', at: 1 }], 2, seededRandom('x'))?.id).toBe('a');
    expect(chooseSnapshot([], 0, seededRandom('x'))).toBeUndefined();
  });
});

describe('chance', () => {
  test('the same seed gives the same numbers, from 0 to below 1', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const [a, b] = [seededRandom(seed), seededRandom(seed)];
        const numbers = Array.from({ length: 50 }, a);
        expect(numbers).toEqual(Array.from({ length: 50 }, b));
        expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
        expect(new Set(numbers).size).toBe(50);
      }),
    );
  });

  test('the seed names the day, the client and the place', () => {
    expect(seedOf('ahost', 'nas', Date.UTC(2026, 10, 29, 23))).toBe('2026-11-29/ahost/nas');
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  findEdits,
  type EditEvidence,
  type FileTimes,
} from '../../../src/replication/snapshot-edits.ts';
import { Catalogue } from '../../../src/repository/catalogue.ts';
import { SnapshotTimes } from '../../../src/repository/snapshot-times.ts';
import { idOf } from '../../arbitraries/ids.ts';

const set = (...numbers: number[]) => Catalogue.from(numbers.map((n) => [idOf(n), 10]));
const files = (of: Record<number, number | FileTimes>) =>
  new Map(
    Object.entries(of).map(([n, at]): [string, FileTimes] => [
      idOf(Number(n)),
      typeof at === 'number' ? { mtime: at, ctime: at } : at,
    ]),
  );
const events = (...list: [n: number, at: number][]) =>
  list.map(([n, at]) => ({ name: idOf(n), at }));

/** Finds edits of snapshots 1 to 9, whose times are 100 to 900. */
function edits(evidence: Partial<EditEvidence>): [number, number][] {
  const all = Array.from({ length: 9 }, (_, i) => i + 1);
  const times = new SnapshotTimes().with(
    new Map(all.map((n) => [idOf(n), { time: n * 100, arrivedAt: n * 100 }])),
  );
  const found = findEdits({
    times,
    before: set(1),
    current: set(11),
    files: files({ 11: 5_000 }),
    events: [],
    directoryChangedAt: 5_000,
    indexChanged: false,
    ...evidence,
  });
  const numberOf = (id: string) => [...all, 11, 12, 13].find((n) => idOf(n) === id) ?? 0;
  return [...found].map(([id, old]) => [numberOf(id), numberOf(old)]);
}

describe('with a watch', () => {
  test('a name that leaves just after another came is replaced by it, with or without a new index', () => {
    expect(edits({ events: events([11, 0], [1, 20]), indexChanged: true })).toEqual([[11, 1]]);
  });

  test('a forget followed by a backup is not an edit, even if both are noticed at once', () => {
    expect(edits({ events: events([1, 0], [11, 600]) })).toEqual([]);
  });

  test('a backup followed by a forget is not an edit', () => {
    expect(edits({ events: events([11, 0], [1, 600]), directoryChangedAt: 5_600 })).toEqual([]);
  });

  test('it is not an edit if its events were noticed late, all at once', () => {
    expect(edits({ events: events([11, 0], [1, 1]), directoryChangedAt: 5_600 })).toEqual([]);
  });

  test('several edits are distinguished from each other', () => {
    const order = events([11, 0], [2, 5], [12, 10], [1, 15]);
    const given = { before: set(1, 2), current: set(11, 12), files: files({ 11: 1, 12: 2 }) };

    expect(edits({ ...given, events: order, directoryChangedAt: 3 }).sort()).toEqual([
      [11, 2],
      [12, 1],
    ]);
  });

  test('a new one that was seen before the old one left is found', () => {
    const given = { before: set(1, 11), current: set(11), directoryChangedAt: 5_020 };

    expect(edits({ ...given, events: events([11, 0], [1, 20]) })).toEqual([[11, 1]]);
  });

  test('a backup, then an edit of an old one: only the latter', () => {
    const given = { before: set(1, 2), current: set(2, 11, 12), files: files({ 11: 1, 12: 2 }) };

    const order = events([11, 0], [12, 5_000], [1, 5_010]);

    expect(edits({ ...given, events: order, directoryChangedAt: 12 })).toEqual([[12, 1]]);
  });
});

describe('without a watch', () => {
  test.each([
    [
      'the directory changed after the file, and an index changed: perhaps a backup',
      5_030,
      true,
      [],
    ],
    ['the directory changed after the file, and no index did', 5_030, false, [[11, 1]]],
    ['it changed with the file, and no index did', 5_000, false, [[11, 1]]],
    ['it changed with the file, and an index, too: perhaps a backup', 5_000, true, []],
    ['the file changed after it: the file came last', 4_996, false, []],
    ['it changed much later: a backup and a forget', 5_600, false, []],
    ['nobody knows when it changed', undefined, false, []],
  ])('%s', (...[, directoryChangedAt, indexChanged, expected]) => {
    expect(edits({ directoryChangedAt, indexChanged })).toEqual(expected);
  });

  test('several keep their order', () => {
    const given = {
      before: set(1, 2),
      current: set(11, 12),
      files: files({ 11: 4_990, 12: 5_000 }),
    };

    expect(edits(given)).toEqual([
      [11, 1],
      [12, 2],
    ]);
  });

  test('two new snapshots for an old one are not an edit, and neither is anything at the first check', () => {
    const two = { current: set(11, 12), files: files({ 11: 4_990, 12: 5_000 }) };

    expect(edits(two)).toEqual([]);
    expect(edits({ before: undefined })).toEqual([]);
  });
});

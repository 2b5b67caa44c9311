import { expect, test } from '@jest/globals';
import { DirectoryTable, SETTLE_MS } from '../../../../src/locations/directory/directory-table.ts';
import { Catalogue } from '../../../../src/repository/catalogue.ts';
import { NO_FOREIGN } from '../../../../src/repository/strays.ts';
import { idOf } from '../../../arbitraries/ids.ts';

/** Times of a directory, long ago; the last number says whether its file system moves them. */
const OLD = [1, 2, 1_000, 1_000, 1];
const KEYS = 0;

/** A directory that is listed at some moments, given in milliseconds, and found as it was each time. */
function listedAt(times: readonly number[], stamp: readonly number[] = OLD): DirectoryTable {
  const table = new DirectoryTable();
  for (const time of times) {
    const objects = Catalogue.from([[idOf(1), 5]]);
    const found = {
      stamp: Float64Array.from(stamp),
      objects,
      ignored: 0,
      foreign: NO_FOREIGN,
      refused: [],
    };
    table.store(KEYS, found, { startedAt: time, endedAt: time + 10 });
  }
  return table;
}

const isTrusted = (table: DirectoryTable, stamp = OLD) =>
  table.isCurrent(KEYS, Float64Array.from(stamp), 0);

test('a directory is trusted from the second listing on, if two seconds lie between them', () => {
  expect(isTrusted(listedAt([0]))).toBe(false);
  expect(isTrusted(listedAt([0, SETTLE_MS]))).toBe(false); // the first one took its time
  expect(isTrusted(listedAt([0, SETTLE_MS + 10]))).toBe(true);
  expect(isTrusted(listedAt([0, 1_000, SETTLE_MS + 10]))).toBe(true);
});

test('not when it looks different', () => {
  const table = listedAt([0, 10_000]);
  for (const changed of [0, 1, 2, 3]) {
    const stamp = OLD.map((number, i) => (i === changed ? number + 1 : number));
    expect(isTrusted(table, stamp)).toBe(false);
  }
});

test('never if directory times do not change', () => {
  const mute = [...OLD.slice(0, -1), 0];
  expect(isTrusted(listedAt([0, 10_000, 20_000], mute), mute)).toBe(false);
});

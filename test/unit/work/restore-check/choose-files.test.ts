import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ResticEntry } from '../../../../src/restic/entries.ts';
import {
  FileChooser,
  MOST_FILES,
  type Choice,
} from '../../../../src/work/restore-check/choose-files.ts';
import { seededRandom } from '../../../../src/work/restore-check/random.ts';

const file = (path: string, size = 1, mtime?: number): ResticEntry => ({
  type: 'file',
  path,
  size,
  mtime,
});
const folder = (path: string): ResticEntry => ({ ...file(path), type: 'dir', size: 0 });

interface Given {
  readonly require?: readonly string[];
  readonly sample?: number;
  readonly isFull?: boolean;
  readonly maxBytes?: number;
  readonly seed?: string;
}

function choose(entries: Iterable<ResticEntry>, given: Given = {}): Choice {
  const { require = [], sample = 3, isFull = false, maxBytes = 1_000, seed = 'x' } = given;
  const chooser = new FileChooser({ require, sample, isFull, maxBytes }, seededRandom(seed));
  for (const entry of entries) chooser.add(entry);
  return chooser.choice();
}

describe('required paths', () => {
  const entries = [
    folder('/etc'),
    file('/etc/hostname', 5, 10),
    folder('/var'),
    folder('/var/db'),
    file('/var/db/a', 7, 30),
    file('/var/db/b', 8, 20),
    file('/var/dbx', 9),
  ];

  test('a file, a directory with everything below, and one that is not there', () => {
    const { required, files, include } = choose(entries, {
      require: ['etc/hostname', 'var/db', 'home'],
      sample: 0,
    });
    expect(required).toEqual([
      { path: '/etc/hostname', isThere: true, bytes: 5, newestMtime: 10 },
      { path: '/var/db', isThere: true, bytes: 15, newestMtime: 30 },
      { path: '/home', isThere: false, bytes: 0, newestMtime: undefined },
    ]);
    expect(files.map(({ path }) => path)).toEqual(['/etc/hostname', '/var/db/a', '/var/db/b']);
    expect(include).toEqual(['/etc/hostname', '/var/db']);
  });

  test('they take the space of the sample', () => {
    const { files, bytes } = choose(entries, { require: ['var/db'], maxBytes: 20, sample: 9 });
    expect(bytes).toBeLessThanOrEqual(20);
    expect(files.map(({ path }) => path)).toEqual(['/var/db/a', '/var/db/b', '/etc/hostname']);
  });
});

describe('a sample', () => {
  test('of the size that is wanted, without duplicates, and repeatable', () => {
    const names = fc.uniqueArray(fc.nat(10_000), { maxLength: 60 });
    fc.assert(
      fc.property(names, fc.nat(30), fc.string(), (numbers, sample, seed) => {
        const entries = numbers.map((n) => file(`/${n}`));
        const { files } = choose(entries, { sample, seed });
        expect(files.length).toBe(Math.min(sample, numbers.length));
        expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
        expect(choose(entries, { sample, seed }).files).toEqual(files);
      }),
    );
  });

  test('each file has the same chance', () => {
    const entries = Array.from({ length: 10 }, (_, n) => file(`/${n}`));
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 3_000; seed++)
      for (const { path } of choose(entries, { sample: 2, seed: String(seed) }).files)
        counts.set(path, (counts.get(path) ?? 0) + 1);
    expect([...counts.values()].every((count) => count > 500 && count < 700)).toBe(true);
  });

  test('no directory, no link, no name that cannot be asked for, and no file that is too large', () => {
    const other: ResticEntry = { ...file('/link'), type: 'other' };
    const unnamed = { ...file(''), path: undefined };
    const { files, unnamed: count } = choose([folder('/d'), other, unnamed, file('/big', 1_001)]);
    expect(files).toEqual([]);
    expect(count).toBe(1);
  });

  test('never more than may be restored', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 50 }), fc.nat(5_000), (sizes, maxBytes) => {
        const entries = sizes.map((size, n) => file(`/${n}`, size));
        expect(choose(entries, { sample: 20, maxBytes }).bytes).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });
});

test('everything: no patterns, and a bounded number of files to compare', () => {
  function* many() {
    for (let n = 0; n < MOST_FILES + 10; n++) yield file(`/${n}`);
  }
  const { include, files, fileCount, bytes } = choose(many(), { isFull: true });
  expect(include).toBeUndefined();
  expect([files.length, fileCount, bytes]).toEqual([MOST_FILES, MOST_FILES + 10, MOST_FILES + 10]);
});

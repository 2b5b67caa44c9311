import { describe, expect, test } from '@jest/globals';
import {
  describeFaults,
  judgeFile,
  judgeRequired,
  type Restored,
} from '../../../../src/work/restore-check/verdict.ts';

const wanted = { path: '/a', size: 3 };
const restored = (sha256: string, size = 3): Restored => ({ found: 'file', size, sha256 });

describe('a file', () => {
  test.each([
    [{ found: 'missing' } as const, 'was not restored'],
    [{ found: 'not_a_file' } as const, 'is not a regular file'],
    [{ found: 'file', size: 2 } as const, 'has 2 B instead of 3 B'],
    [{ found: 'file', size: 3 } as const, undefined],
  ])('%j', (found, what) => {
    expect(judgeFile(wanted, found)?.what).toBe(what);
  });

  test('the same file of another place', () => {
    const other = (found: Restored) => ({ name: 'nas', restored: found });
    expect(judgeFile(wanted, restored('x'), other(restored('x')))).toBeUndefined();
    expect(judgeFile(wanted, restored('x'), other(restored('y')))?.what).toBe(
      'differs from the same file at nas',
    );
    // that is for the check of the other place to judge
    expect(judgeFile(wanted, restored('x'), other({ found: 'missing' }))).toBeUndefined();
  });
});

describe('a required path', () => {
  const DAY = 24 * 3_600_000;
  const path = { path: '/db', isThere: true, bytes: 100, newestMtime: 0 };

  test('is there, is large enough, and was changed lately', () => {
    const rules = { minBytes: 100, newerThanMs: DAY };
    expect(judgeRequired([path], rules, DAY)).toEqual([]);
    expect(judgeRequired([path], {}, 100 * DAY)).toEqual([]);
    expect(judgeRequired([path], rules, DAY + 1)).toHaveLength(1);
    expect(judgeRequired([{ ...path, bytes: 99 }], rules, DAY)).toEqual([
      { path: '/db', what: 'has 99 B, less than 100 B' },
    ]);
    expect(judgeRequired([{ ...path, isThere: false }], rules, DAY)).toEqual([
      { path: '/db', what: 'is not in the snapshot' },
    ]);
    expect(judgeRequired([{ ...path, newestMtime: undefined }], rules, DAY)).toEqual([
      { path: '/db', what: 'has no file, and 1d is allowed' },
    ]);
  });
});

test('a few problems are named, and no name controls a terminal', () => {
  const faults = ['a\u001B[31m\n', 'b', 'c', 'd', 'e'].map((path) => ({ path, what: 'is bad' }));
  expect(describeFaults(faults)).toBe('a\\u{1b}[31m  is bad; b is bad; c is bad; and 2 more');
});

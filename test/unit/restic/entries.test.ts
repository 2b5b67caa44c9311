import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseListed } from '../../../src/restic/entries.ts';
import { escapePattern } from '../../../src/restic/restic.ts';

const ID = 'ab'.repeat(32);
const SNAPSHOT = { id: ID, time: '2026-11-29T17:56:34.389614194Z', paths: ['/etc'], hostname: 'a' };

function entry(given: object): unknown {
  return parseListed(JSON.stringify({ struct_type: 'node', type: 'file', path: '/a', ...given }));
}

test('an entry of the old restic and one of the new', () => {
  const mtime = '2026-11-29T17:56:31.254Z';
  const file = { type: 'file', path: '/a', size: 3, mtime: Date.parse(mtime) };
  expect(entry({ size: 3, mtime })).toEqual({ entry: file });
  expect(entry({ struct_type: undefined, message_type: 'node', size: 3, mtime })).toEqual({
    entry: file,
  });
  expect(parseListed(JSON.stringify({ ...SNAPSHOT, struct_type: 'snapshot' }))).toHaveProperty(
    'snapshot.id',
    ID,
  );
});

test('a path that is too long to be restored cannot be named, so that a hostile list fills no memory', () => {
  expect(entry({ path: `/${'a'.repeat(5_000)}` })).toMatchObject({ entry: { path: undefined } });
});

test.each(['a', '/', '/a/../b', '//a', '/a/', '/./a', '/bad\uFFFD', '/nul\0'])(
  'a file with the path %j cannot be named',
  (path) => {
    expect(entry({ path })).toMatchObject({ entry: { path: undefined } });
  },
);

test.each([{ size: -1 }, { size: 1.5 }, { size: '3' }, { type: 'dir', size: 7 }])(
  'the size of %j is not trusted',
  (given) => {
    expect(entry(given)).toMatchObject({ entry: { size: 0 } });
  },
);

test('any JSON is an entry, a snapshot or nothing, and never throws', () => {
  fc.assert(
    fc.property(fc.json(), (line) => {
      parseListed(line);
    }),
  );
});

test('every special character of a pattern is escaped', () => {
  expect(escapePattern(String.raw`/a*b[c]?\d`)).toBe(String.raw`/a\*b\[c\]\?\\d`);
  expect(escapePattern('/new\nline !$HOME')).toBe('/new\nline !$HOME');
});

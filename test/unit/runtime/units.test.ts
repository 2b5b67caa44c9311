import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatAgo,
  formatBytes,
  formatDuration,
  parseDuration,
  parseSize,
} from '../../../src/runtime/units.ts';

const HOUR = 3_600_000;

test.each([
  ['90s', 90_000],
  ['1h30m', 1.5 * HOUR],
  ['14d', 14 * 24 * HOUR],
  ['2w1d', 15 * 24 * HOUR],
  ['0s', 0],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '5',
  'm',
  '5 m',
  '-5m',
  '1.5h',
  '1m1h',
  '1h1h',
  '5M',
  '1h30',
  '９s',
  '9'.repeat(30) + 'w',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['0B', 0],
  ['512MiB', 2 ** 29],
  ['2TiB', 2 ** 41],
])('%s is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '1', '1GB', '1 GiB', '1.5GiB', '1gib', '-1B', '9999999TiB'])(
  '%j is no size',
  (text) => {
    expect(parseSize(text)).toBeUndefined();
  },
);

test.each([
  [0, '0s'],
  [999, '<1s'],
  [3 * 60_000, '3m'],
  [125 * 60_000, '2h 5m'],
  [(12 * 24 + 4) * HOUR + 59 * 60_000, '12d 4h'],
  [24 * HOUR + 5 * 60_000, '1d'],
  [-HOUR, '-1h'],
  [Number.NaN, 'unknown'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536 * 2 ** 20, '1.5 GiB'],
  [2 ** 20 - 1, '1 MiB'],
  [-2048, '-2 KiB'],
  [Number.POSITIVE_INFINITY, 'unknown'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('ages and times to come', () => {
  expect(formatAgo(3 * 60_000)).toBe('3m ago');
  expect(formatAgo(0)).toBe('now');
  expect(formatAgo(-HOUR)).toBe('in 1h');
});

test('a formatted duration parses to the same value', () => {
  const parts = fc.tuple(fc.nat(50), fc.nat(6), fc.nat(23), fc.nat(59), fc.nat(59));
  fc.assert(
    fc.property(parts, ([w, d, h, m, s]) => {
      const wanted = ((((w * 7 + d) * 24 + h) * 60 + m) * 60 + s) * 1000;

      expect(parseDuration(`${w}w${d}d${h}h${m}m${s}s`)).toBe(wanted);
    }),
  );
});

test('a formatted value never overstates, and is off by less than one smaller unit', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 2 ** 45 }), (ms) => {
      const text = formatDuration(ms);
      const shown = parseDuration(text.replace(' ', ''));

      expect(text).toMatch(/^\d+[dhms](?: \d+[hms])?$/);
      expect(shown).toBeLessThanOrEqual(ms);
      expect(ms - (shown ?? 0)).toBeLessThan(Math.max(1000, ms / 24));
    }),
  );
});

test('bytes keep their order of magnitude', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(formatBytes(bytes)).toMatch(/^\d{1,4}(?:\.\d)? (?:B|[KMGTP]iB)$/);
    }),
  );
});

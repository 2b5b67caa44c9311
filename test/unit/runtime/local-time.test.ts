import { expect, test } from '@jest/globals';
import { formatLocal, parseLocal, type OffsetAt } from '../../../src/runtime/local-time.ts';

/** The offset of a zone, in minutes, as the system knows it. */
function offsetIn(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const [, sign = '+', hours = 0, minutes = 0] =
      /GMT([+-])(\d\d):(\d\d)/.exec(format.format(at)) ?? [];
    return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  };
}

const BERLIN = 'Europe/Berlin';
const UTC = 'UTC';

test.each([
  ['2026-12-04', BERLIN, '2026-12-03T23:00:00Z'],
  ['2026-12-04', UTC, '2026-12-04T00:00:00Z'],
  ['2026-12-04 18:00', BERLIN, '2026-12-04T17:00:00Z'],
  ['2026-07-04T18:00:30', BERLIN, '2026-07-04T16:00:30Z'],
  ['2026-12-04T18:00Z', BERLIN, '2026-12-04T18:00:00Z'],
  ['2026-12-04T18:00-05:30', BERLIN, '2026-12-04T23:30:00Z'],
  ['2028-02-29', UTC, '2028-02-29T00:00:00Z'],
  // twice on that night: the first one
  ['2026-10-25 02:30', BERLIN, '2026-10-25T00:30:00Z'],
])('%s in %s is %s', (text, zone, expected) => {
  expect(parseLocal(text, offsetIn(zone))).toBe(Date.parse(expected));
});

test.each([
  '2027-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-12-04 24:00',
  '2026-12-04 18:60',
  '2026-12-04 18',
  '2026-12-4',
  '4.12.2026',
  '2026-12-04T18:00+99:00',
  '2026-12-04Z',
  '+2026-12-04',
  'tomorrow',
  '',
  '2027-03-28 02:30', // skipped by daylight saving time
])('%s is no date in Berlin', (text) => {
  expect(parseLocal(text, offsetIn(BERLIN))).toBeUndefined();
});

test.each([
  ['2026-12-04T17:00:00Z', BERLIN, 'Fri 2026-12-04 18:00 +01:00'],
  ['2026-07-04T16:00:05Z', BERLIN, 'Sat 2026-07-04 18:00:05 +02:00'],
  ['2026-12-04T17:00:00Z', UTC, 'Fri 2026-12-04 17:00 +00:00'],
  ['2026-12-04T17:00:00Z', 'America/St_Johns', 'Fri 2026-12-04 13:30 -03:30'],
])('%s is written in %s as %s', (iso, zone, expected) => {
  const text = formatLocal(Date.parse(iso), offsetIn(zone));

  expect(text).toBe(expected);
  expect(parseLocal(text.slice(4).replace(/ (?=[+-])/, ''))).toBe(Date.parse(iso));
});

test('without a zone, the time is that of this process', () => {
  const at = parseLocal('2026-12-04 18:00');

  expect(at).toBe(new Date(2026, 11, 4, 18).getTime());
  expect(formatLocal(at ?? 0)).toMatch(/^Fri 2026-12-04 18:00 [+-]\d\d:\d\d$/);
});

test('a number that is no time is unknown', () => {
  expect([formatLocal(1e300), formatLocal(NaN)]).toEqual(['unknown', 'unknown']);
});

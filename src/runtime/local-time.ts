/** Times as people in one time zone write and read them. */

import { DAY_MS, MINUTE_MS, WEEKDAYS } from './units.ts';

/** How far a time zone is east of Greenwich at an instant, in minutes. */
export type OffsetAt = (at: number) => number;

/** The offset of this process. */
const localOffset: OffsetAt = (at) => -new Date(at).getTimezoneOffset();

/** `Fri 2026-12-04 18:00 +01:00`, with seconds if there are any. */
export function formatLocal(at: number, offsetAt = localOffset): string {
  const offset = offsetAt(at);
  const shown = new Date(at + offset * MINUTE_MS);
  if (Number.isNaN(shown.getTime())) return 'unknown';
  const [date = '', time = ''] = shown.toISOString().split(/[T.]/);
  const clock = time.endsWith(':00') ? time.slice(0, -':00'.length) : time;
  return `${WEEKDAYS[shown.getUTCDay()] ?? ''} ${date} ${clock} ${zoneText(offset)}`;
}

function zoneText(offset: number): string {
  const size = Math.abs(offset);
  const [hours, minutes] = [Math.floor(size / 60), size % 60].map((n) =>
    String(n).padStart(2, '0'),
  );
  return `${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

/** A date in ISO 8601, with or without a time, and that with or without a zone. */
const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?$/;

/**
 * The instant of a date in ISO 8601, in milliseconds since the epoch. Without a time, it is the beginning of that day; without a
 * zone, it is in that of `offsetAt`. Undefined if it is no date, or does not exist there, as in the hour that daylight saving time
 * skips. Of an hour that comes twice, it is the first one.
 */
export function parseLocal(text: string, offsetAt = localOffset): number | undefined {
  const [, date = '', time = '00:00', zone = ''] = DATE.exec(text) ?? [];
  const written = Date.parse(`${date}T${time}Z`);
  // what is out of range may be carried over: 2026-02-30 into March
  if (Number.isNaN(written) || !new Date(written).toISOString().startsWith(`${date}T${time}`))
    return undefined;
  if (zone !== '') {
    const at = Date.parse(`${date}T${time}${zone}`);
    return Number.isNaN(at) ? undefined : at;
  }
  const offsets = [written - DAY_MS, written + DAY_MS].map(offsetAt);
  const instants = offsets
    .map((offset) => ({ offset, at: written - offset * MINUTE_MS }))
    .filter(({ offset, at }) => offsetAt(at) === offset)
    .map(({ at }) => at);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

import { PLANNED_TIMES, TIME_KEY } from './time-keys.ts';

/** The latest past time in a part of a report, in milliseconds since the epoch; −Infinity if there is none. */
export function latestTimeIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return -Infinity;
  let latest = -Infinity;
  for (const [key, item] of Object.entries(value)) {
    const at =
      typeof item === 'number' ? (isOfThePast(key) ? item : -Infinity) : latestTimeIn(item);
    latest = Math.max(latest, at);
  }
  return latest;
}

/** The same part, with past times limited to the clock, because a clock was wrong then or is wrong now. */
export function notAhead<T>(value: T, now: number): T {
  return clamp(value, now) as T;
}

function clamp(value: unknown, now: number): unknown {
  if (Array.isArray(value)) return value.map((item) => clamp(item, now));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      typeof item === 'number' && isOfThePast(key) ? Math.min(item, now) : clamp(item, now),
    ]),
  );
}

function isOfThePast(key: string): boolean {
  return TIME_KEY.test(key) && !PLANNED_TIMES.has(key);
}

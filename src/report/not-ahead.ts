import { PLANNED_TIMES, TIME_KEY } from './time-keys.ts';

/** The latest of the times in a part of a report that tell what was, in milliseconds since the epoch; −Infinity for none. */
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

/** The same part, in which nothing that was lies ahead of the clock: a clock was wrong then, or is now. */
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

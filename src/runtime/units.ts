/** Durations and sizes as people write and read them. Everything here is pure. */

const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The longest time that a timer of Node can wait. A longer one fires at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

const DURATION_UNITS = [
  ['w', 7 * DAY_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
] as const;

const SIZE_UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** One to five numbers, each with a unit, the largest first: `90s`, `1h30m`, `2w`. */
export const DURATION_PATTERN = /^(?=\d)(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?$/;

/** A whole number with a binary unit: `512MiB`, `0B`. */
export const SIZE_PATTERN = /^\d+(?:B|KiB|MiB|GiB|TiB)$/;

/** Milliseconds; undefined when the text is not a duration or too long to count. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  const total = DURATION_UNITS.reduce((sum, [unit, size]) => {
    const amount = new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? '0';
    return sum + Number(amount) * size;
  }, 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Bytes; undefined when the text is not a size or too large to count. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([KMGT]iB|B)$/.exec(text);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** At most two neighbouring units, rounded down: `3m`, `2h 5m`, `12d 4h`, `<1s`. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return 'unknown';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  if (ms < SECOND_MS) return ms === 0 ? '0s' : '<1s';
  const units = DURATION_UNITS.slice(1);
  const first = units.findIndex(([, size]) => ms >= size);
  let rest = ms;
  const parts = units.slice(first, first + 2).map(([unit, size]) => {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    return amount === 0 ? '' : `${amount}${unit}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** Formats a duration without spaces, as in a configuration: `2h5m`. */
export function compactDuration(ms: number): string {
  return formatDuration(ms).replace(' ', '');
}

/** `3m ago`; `now` below a second, `in 3m` for a time that is still to come. */
export function formatAgo(ageMs: number): string {
  if (!Number.isFinite(ageMs)) return 'unknown';
  if (Math.abs(ageMs) < SECOND_MS) return 'now';
  return ageMs > 0 ? `${formatDuration(ageMs)} ago` : `in ${formatDuration(-ageMs)}`;
}

/** `Fri 2026-12-04`, in UTC as all times are. */
export function formatDay(at: number): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return 'unknown';
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${date.toISOString().slice(0, 10)}`;
}

export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A binary unit and at most one decimal: `512 B`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return 'unknown';
  if (bytes < 0) return `-${formatBytes(-bytes)}`;
  let value = Math.round(bytes);
  let unit = 'B';
  for (const next of ['KiB', 'MiB', 'GiB', 'TiB', 'PiB']) {
    if (roundToTenth(value) < 1024) break;
    value /= 1024;
    unit = next;
  }
  return `${roundToTenth(value)} ${unit}`;
}

function roundToTenth(value: number): number {
  return Math.round(value * 10) / 10;
}

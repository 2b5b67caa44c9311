import type { Stats } from 'node:fs';

/** Identity and times of change of a directory, in this order; NaN where there is none. */
export const STAMP = { dev: 0, ino: 1, mtimeMs: 2, ctimeMs: 3 } as const;
export const NUMBERS_A_STAMP = 4;

export const NO_STAMP: readonly number[] = Array.from({ length: NUMBERS_A_STAMP }, () => NaN);

/** Fractions of a microsecond are finer than any file system ticks. */
export function stampNumbers({ dev, ino, mtimeMs, ctimeMs }: Stats): readonly number[] {
  return [dev, ino, mtimeMs, ctimeMs];
}

/** As it is remembered by a later process. */
export function formatStamp(numbers: Iterable<number>): string {
  return [...numbers].join(':');
}

/** Null, as what is none, is of what was not there. */
export function parseStamp(text: string | null): readonly number[] {
  const numbers = text?.split(':').map(Number) ?? NO_STAMP;
  return numbers.length === NUMBERS_A_STAMP ? numbers : NO_STAMP;
}

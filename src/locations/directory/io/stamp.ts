import type { Stats } from 'node:fs';

/**
 * Identity and times of change of a directory, in this order, and whether its file system moves these times (1) or not (0);
 * NaN where there is none.
 */
export const STAMP = { dev: 0, ino: 1, mtimeMs: 2, ctimeMs: 3, movesTimes: 4 } as const;
export const NUMBERS_A_STAMP = 5;

export const NO_STAMP: readonly number[] = Array.from({ length: NUMBERS_A_STAMP }, () => NaN);

/** Fractions of a microsecond are finer than any file system ticks. */
export function stampNumbers(
  { dev, ino, mtimeMs, ctimeMs }: Stats,
  movesTimes: boolean,
): readonly number[] {
  return [dev, ino, mtimeMs, ctimeMs, movesTimes ? 1 : 0];
}

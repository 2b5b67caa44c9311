import type { Stats } from 'node:fs';

/** Identity and times of change of a directory: device, inode, mtime, ctime; NaN where there is none. */
export const NUMBERS_A_STAMP = 4;

/** Fractions of a microsecond are finer than any file system ticks. */
export function stampNumbers({ dev, ino, mtimeMs, ctimeMs }: Stats): readonly number[] {
  return [dev, ino, mtimeMs, ctimeMs];
}

/** As it is remembered; null where there is none. */
export function formatStamp(numbers: Iterable<number>): string | null {
  const text = [...numbers].join(':');
  return text.startsWith('NaN') ? null : text;
}

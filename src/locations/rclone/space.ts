import { readObject } from './read-object.ts';
import type { Space } from '../location.ts';

/** The result of `rclone about`; undefined if the free space is unknown. */
export function readSpace(json: Buffer): Space | undefined {
  const { free, total } = readObject(json.toString('utf8'));
  if (!isBytes(free)) return undefined;
  return { freeBytes: free, totalBytes: isBytes(total) ? total : free };
}

function isBytes(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

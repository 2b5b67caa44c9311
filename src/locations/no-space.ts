import { SyncdError } from '../runtime/errors.ts';
import { formatBytes } from '../runtime/units.ts';
import type { Space } from './location.ts';

interface Lack {
  /** of the place, for people */
  readonly label: string;
  readonly freeBytes: number;
  /** to be sent */
  readonly neededBytes: number;
  readonly minFreeBytes: number;
  /** how to make more space */
  readonly enlarge?: string;
}

/** The error if sending would leave less than `minFree`. Suggests a lower `minFree` only if that would be enough. */
export function noSpace(lack: Lack): SyncdError {
  const { label, freeBytes, neededBytes, minFreeBytes, enlarge = 'use a larger disk' } = lack;
  const free = `${formatBytes(freeBytes)} free at ${label}`;
  const needed = freeBytes < minFreeBytes ? '' : `, ${formatBytes(neededBytes)} to be sent`;
  const kept = minFreeBytes === 0 ? '' : `, ${formatBytes(minFreeBytes)} must stay free (minFree)`;
  const isEnough = minFreeBytes > 0 && freeBytes >= neededBytes;
  const hint = isEnough
    ? `free some space there, ${enlarge}, or lower minFree`
    : `free some space there, or ${enlarge}`;
  return new SyncdError('no_space', `${free}${needed}${kept}`, hint);
}

/** Throws if sending would leave less than `minFree`; where the free space is unknown, it is tried. */
export function requireSpace(
  space: Pick<Space, 'freeBytes'> | undefined,
  wanted: Omit<Lack, 'freeBytes'>,
): void {
  if (space === undefined || space.freeBytes - wanted.neededBytes >= wanted.minFreeBytes) return;
  throw noSpace({ ...wanted, freeBytes: space.freeBytes });
}
